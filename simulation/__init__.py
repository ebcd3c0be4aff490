"""DynamoDB, SQS and Lambda as they are under load, in virtual time and in one thread.

The real use cases and adapters run on it unchanged: `simulation.dynamodb` answers the calls
of boto3's low-level client, `simulation.queue` those of SQS's, and `simulation.scheduler`
runs hundreds of workers at once though each is plain synchronous code. The same seed gives
the same run. What is modelled, from which source and where it is known to differ is said in
each module's docstring, and in `simulation.dynamodb.differences`.
"""
