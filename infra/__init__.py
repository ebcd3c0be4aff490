"""What Rushline stands on in AWS, and how it is packaged."""
