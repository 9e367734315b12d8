namespace SimServe.Simulator.Tests.Suites;

public sealed class SuiteReaderTests
{
    [Test]
    public void Cases_say_what_they_change()
    {
        var (suite, faults) = SuiteText.Read(SuiteText.Small);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(faults, Is.Empty);
            Assert.That((suite.Name, suite.Repetitions, suite.PaceSeconds), Is.EqualTo(("small", 3, 3.0)));
            Assert.That((suite.Cases[0].Name, suite.Cases[0].Load, suite.Cases[0].Settings.Count), Is.EqualTo(("light", 0.25, 0)));
            Assert.That(suite.Cases[1].Load, Is.Null);
            Assert.That(suite.Cases[1].Settings, Is.EqualTo(new[] { "policies.routing=round-robin", "workload.requests=12", "faults=[{ \"worker\": 1, \"atSeconds\": 2 }]" }));
        }
    }

    [TestCase("\"load\": 0", "cases[0].load: found 0; allowed: a number from 0.01 to 100.")]
    [TestCase("\"load\": 0.5, \"set\": { \"workload.ratePerSecond\": 2 }", "cases[0].load: found a load beside workload.ratePerSecond; allowed: one of the two.")]
    [TestCase("\"set\": { \"seed\": 2 }", "cases[0].set.seed: found a value of one case; allowed: no value for seed, which all cases share.")]
    [TestCase("\"set\": { \"fleet.linkBytesPerSecond\": 2 }", "cases[0].set.fleet.linkBytesPerSecond: found a value of one case; allowed: no value for fleet.linkBytesPerSecond, which all cases share.")]
    [TestCase("\"lode\": 2", "cases[0].lode: found an unknown key; allowed: load, name, set. Did you mean \"load\"?")]
    public void A_bad_case_is_named(string text, string fault) =>
        Assert.That(SuiteText.Read($$"""{ "scenario": "scenario.json", "cases": [{ "name": "one", {{text}} }] }""").Faults.Single().ToString(), Does.StartWith(fault));

    [TestCase("\"scenario\": \"gone.json\", \"cases\": [{ \"name\": \"one\" }]", "scenario: found \"gone.json\", which is not there; allowed: a scenario file.")]
    [TestCase("\"scenario\": \"scenario.json\", \"cases\": []", "cases: found []; allowed: a list [ ... ] of at least one.")]
    [TestCase("\"scenario\": \"scenario.json\", \"cases\": [{ \"name\": \"one\" }, { \"name\": \"one\" }]", "cases: found \"one\" more than once; allowed: names that differ.")]
    [TestCase("\"scenario\": \"scenario.json\", \"cases\": [{ \"name\": \"one\" }], \"repetitions\": 0", "repetitions: found 0; allowed: a whole number from 1 to 100.")]
    [TestCase("\"scenario\": \"scenario.json\", \"cases\": [{ \"name\": \"one\" }], \"bounds\": { \"decisions\": 2 }", "bounds.decisions: found 2; allowed: a number from 0 to 1.")]
    [TestCase("\"scenario\": \"scenario.json\", \"cases\": [{ \"name\": \"one\" }], \"name\": \"a/b\"", "name: found \"a/b\"; allowed: letters, digits, spaces, dots, - and _.")]
    public void A_bad_suite_is_named(string text, string fault) =>
        Assert.That(SuiteText.Read($"{{ {text} }}").Faults.Single().ToString(), Does.StartWith(fault));
}
