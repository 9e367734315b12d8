using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Metrics.Objectives;

namespace SimServe.Simulator.Tests.Metrics;

public sealed class ObjectiveTests
{
    [TestCase(3.0, 1.0)]
    [TestCase(2.0, 0.0)]
    public void Objectives_can_be_a_multiple_of_the_latency_alone(double alone, double attainment)
    {
        // One request of 7 s that was promised nothing else.
        var digest = new RunDigest(new RunDigestOptions { Alone = (in Request _) => TimeSpan.FromSeconds(alone) });
        new EventScript(digest).Pass(0, 0, 7);

        Assert.That(digest.Complete(EventScript.At(7)).Rates.SloAttainment, Is.EqualTo(attainment));
    }

    [Test]
    public void The_tighter_of_both_objectives_counts()
    {
        var loose = EventScript.Small(new RunDigestOptions { Alone = static (in Request _) => TimeSpan.FromSeconds(100) });
        var tight = EventScript.Small(new RunDigestOptions { Alone = static (in Request _) => TimeSpan.FromSeconds(1) });

        Assert.That((loose.Rates.SloAttainment, tight.Rates.SloAttainment), Is.EqualTo((0.5, 0.0)));
    }

    [Test]
    public void Requests_turned_away_have_missed_and_requests_cut_off_early_are_undecided()
    {
        var digest = new RunDigest();
        var script = new EventScript(digest) { Class = new ServiceClass("gold", 1, TimeSpan.FromSeconds(5)) };
        script.Arrive(0, 0);
        script.Arrive(1, 0);
        script.Finish(Ended(script, 0, 0, 0, RequestOutcome.Rejected));
        script.Arrive(2, 8);
        script.Finish(Ended(script, 1, 0, 10, RequestOutcome.QueuedAtEnd));
        script.Finish(Ended(script, 2, 8, 10, RequestOutcome.QueuedAtEnd));
        var summary = digest.Complete(EventScript.At(10));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(summary.Verdict.Failures, Is.Empty);
            Assert.That(summary.Classes.Single().Attainment, Is.EqualTo(new Attainment(0, 2)));
            Assert.That(summary.Classes.Single().Ended, Is.EqualTo(3));
            Assert.That(summary.Outcomes[RequestOutcome.Rejected], Is.EqualTo(1));
            Assert.That(summary.Outcomes[RequestOutcome.QueuedAtEnd], Is.EqualTo(2));
        }
    }

    [Test]
    public void Who_gave_up_before_the_objective_ended_is_undecided_and_who_waited_longer_was_failed()
    {
        var digest = new RunDigest();
        var script = new EventScript(digest) { Class = new ServiceClass("gold", 1, TimeSpan.FromSeconds(5)) };
        script.Arrive(0, 0);
        script.Arrive(1, 0);
        script.Finish(Ended(script, 0, 0, 4, RequestOutcome.Cancelled));
        script.Finish(Ended(script, 1, 0, 6, RequestOutcome.Cancelled));
        var summary = digest.Complete(EventScript.At(10));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(summary.Verdict.Failures, Is.Empty);
            Assert.That(summary.Classes.Single().Attainment, Is.EqualTo(new Attainment(0, 1)));
            Assert.That(summary.Outcomes[RequestOutcome.Cancelled], Is.EqualTo(2));
            Assert.That(ScalarList.Of(summary).Single(static scalar => scalar.Name == "cancelled_requests").Value, Is.EqualTo(2));
            Assert.That(summary.Latency.Count, Is.Zero);
        }
    }

    [Test]
    public void Classes_and_tenants_are_counted_apart()
    {
        var digest = new RunDigest();
        var script = new EventScript(digest);
        for (var i = 0; i < 6; i++)
        {
            script.Tenant = i % 3;
            script.Class = i < 2 ? new ServiceClass("gold", 1, TimeSpan.FromSeconds(1.5)) : ServiceClass.Default;
            script.Pass(i, 10 * i, 1 + (i % 3));
        }

        var summary = digest.Complete(EventScript.At(60));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(summary.Classes.Select(static service => (service.Name, service.Completed)), Is.EqualTo(new[] { ("gold", 2L), ("default", 4L) }));
            Assert.That(summary.Classes[0].Attainment, Is.EqualTo(new Attainment(1, 2)));
            Assert.That(summary.Classes[1].Attainment.Share, Is.Null);
            Assert.That(summary.Tenants.Select(static tenant => tenant.MeanLatencySeconds), Is.EqualTo(new[] { 1.0, 2.0, 3.0 }));
            Assert.That(summary.Rates.FairnessLatency, Is.EqualTo(36.0 / (3 * 14)).Within(1e-12));
            Assert.That(summary.Rates.FairnessServed, Is.EqualTo(1));
        }
    }

    [Test]
    public void Jains_index_is_1_for_equal_shares_and_1_over_n_when_one_has_everything()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Fairness.Jain([2, 2, 2, 2]), Is.EqualTo(1));
            Assert.That(Fairness.Jain([5, 0, 0, 0]), Is.EqualTo(0.25));
            Assert.That(Fairness.Jain([]), Is.Null);
        }
    }

    private static RequestRecord Ended(EventScript script, int id, double arrived, double finished, RequestOutcome outcome) => new()
    {
        Request = script.Request(id, arrived),
        Worker = null,
        ArrivedAt = EventScript.At(arrived),
        StartedAt = null,
        DenoisedAt = null,
        FinishedAt = EventScript.At(finished),
        Outcome = outcome,
        Failure = null,
    };
}
