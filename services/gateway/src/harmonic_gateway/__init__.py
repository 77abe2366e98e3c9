"""The one public port: routes to the services, runs the performance saga, knows order, never domain."""
