using SimServe.Policies;
using SimServe.Simulator.Suites;

namespace SimServe.Simulator.Tests.Suites;

public sealed class SuiteResultsTests
{
    [Test]
    public void An_error_is_relative_to_what_was_measured_and_its_interval_is_students()
    {
        var error = MetricError.Of([(1.1, 1), (0.95, 1), (2.1, 2)]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(error.Error, Is.EqualTo((4.15 / 4) - 1).Within(1e-12));

            // Errors of 10, -5 and 5 %: deviation 7.638 %, and Student's 4.303 for two degrees of freedom.
            Assert.That(error.HalfWidth, Is.EqualTo(4.3027 * 0.076376 / Math.Sqrt(3)).Within(1e-4));
            Assert.That(MetricError.Of([(1.1, 1)]).HalfWidth, Is.Null);
        }
    }

    [Test]
    public void The_pace_error_of_independent_paces_is_that_of_a_run_between_them()
    {
        var random = new RandomStream(3, "paces");
        double Pace() => Math.Exp(0.1 * random.NextGaussian());
        (double Before, double After)[] pairs = [.. Enumerable.Range(0, 20_000).Select(_ => (Pace(), Pace()))];

        // A run twice as long as a measurement has a mean of half the variance.
        var run = pairs.Select(pair => Math.Log((Pace() * Pace() is var two ? Math.Sqrt(two) : 0) / Math.Sqrt(pair.Before * pair.After))).ToArray();
        Assert.That(PaceError.Of(pairs, 0.5), Is.EqualTo(Math.Sqrt(run.Average(static error => error * error))).Within(2).Percent);
    }

    [Test]
    public void What_is_out_of_bounds_is_said_with_the_term_to_blame()
    {
        var results = Results(measured: 1.2, agreed: 80);
        string[] misses = [.. results.Misses()];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(misses, Has.Length.EqualTo(4));
            Assert.That(misses[0], Is.EqualTo("one: mean latency off by -16.7%, 5% allowed; by +0.0% at the pace of the runs themselves; most of it block.single, predicted 500.0 and measured 700.0 ms of a request"));
            Assert.That(misses[1], Does.StartWith("one: p95 latency off by"));
            Assert.That(misses[2], Is.EqualTo("one: 80.0% of the steps decided alike, 99% asked; w0 went another way"));
            Assert.That(misses[3], Does.StartWith("1 of 3 measurements lie inside"));
        }
    }

    [Test]
    public void Nothing_is_said_of_a_suite_within_its_bounds() => Assert.That(Results(measured: 1.01, agreed: 100).Misses(), Is.Empty);

    private static SuiteResults Results(double measured, long agreed) => new()
    {
        Suite = "test",
        Date = new DateOnly(2026, 11, 26),
        Environment = "here",
        Profile = "seal",
        Bounds = new SuiteBounds(),
        PaceError = 0.02,
        Cases =
        [
            new CaseResult("one", 2, [new TermError("block.double", 0.3, 0.3), new TermError("block.single", 0.5, 0.7)],
            [
                new RepetitionResult(
                    1, 1, 1, new SuiteMetrics<PredictedMetric>(new(1, 0.9, 1.1), new(1, 0.9, 1.1), new(2, 1.9, 2.1)), 1.2, new SuiteMetrics<double>(1.2, 1.2, 2), new SuiteMetrics<double>(measured, measured, 2), 100, agreed, agreed < 100 ? "w0 went another way" : null),
            ]),
        ],
    };
}
