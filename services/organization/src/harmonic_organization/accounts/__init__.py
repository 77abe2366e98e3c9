"""Accounts: who a person is to the house. E-mail addresses, passwords, and how often somebody may try one."""
