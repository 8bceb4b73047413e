"""What stands over the main screen: questions, and pages to read."""
