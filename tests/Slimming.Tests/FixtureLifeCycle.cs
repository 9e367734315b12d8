// A fresh fixture per test: calendars and recorders are fields, and no test may see another's events.
[assembly: FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
