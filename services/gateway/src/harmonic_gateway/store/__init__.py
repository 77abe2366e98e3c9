"""The gateway's own tables: operations, performances and the stream of events."""
