"""The ports kept: DynamoDB, SQS, S3, the model, the clock. The only boto3 and openai."""
