"""DynamoDB behind boto3's low-level client: items, expressions, transactions, limits, time.

`service` holds tables and the figures of a run; `client` answers calls; `transactions` is
the protocol of TransactWriteItems; `capacity` is what a partition takes in a second.
"""
