using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Metrics.Checks;

namespace SimServe.Simulator.Tests.Metrics;

public sealed class RunChecksTests
{
    private readonly RunDigest _digest;
    private readonly EventScript _script;

    public RunChecksTests()
    {
        _digest = new RunDigest();
        _script = new EventScript(_digest);
    }

    [Test]
    public void A_request_that_never_ends_breaks_conservation()
    {
        _script.Arrive(0, 0);

        AssertFails(CheckKind.Conservation, "1 requests arrived, 0 ended, 1 are left");
    }

    [Test]
    public void A_request_that_ends_twice_breaks_conservation()
    {
        _script.Pass(0, 0, 2);
        _script.Finish(_script.Record(0, 0, 0, 0, 0, 0, 0, 2, 2));

        AssertFails(CheckKind.Conservation, "r0 ended");
    }

    [Test]
    public void A_request_that_arrives_while_it_is_there_breaks_conservation()
    {
        _script.Arrive(0, 0);
        _script.Arrive(0, 1);

        AssertFails(CheckKind.Conservation, "r0 arrived");
    }

    [Test]
    public void A_record_of_another_worker_breaks_conservation()
    {
        _script.Arrive(0, 0);
        _script.Route(0, 0, 0);
        _script.Join(0, 0, 0);
        _script.Denoise(0, 0, 2, 4, 0);
        _script.Finish(_script.Record(0, 1, 0, 0, 0, 0, 0, 2, 2) with { DeviceTime = TimeSpan.FromSeconds(2) });

        AssertFails(CheckKind.Conservation, "r0 ended at worker 1");
    }

    [Test]
    public void An_event_before_the_last_one_breaks_monotone_time()
    {
        _script.Pass(0, 0, 2);
        _script.State(0, WorkerState.Failed, 1);

        AssertFails(CheckKind.MonotoneTime, "1.000 s came after one at 2.000 s");
    }

    [Test]
    public void A_record_whose_instants_are_out_of_order_breaks_monotone_time()
    {
        _script.Arrive(0, 0);
        _script.Route(0, 0, 1);
        _script.Join(0, 2, 0);
        _script.Denoise(0, 2, 4, 4, 0);
        _script.Finish(_script.Record(0, 0, 0, 1, 3, 2, 2, 4, 4) with { DeviceTime = TimeSpan.FromSeconds(2) });

        AssertFails(CheckKind.MonotoneTime, "ready 3.000 s, joined 2.000 s");
    }

    [Test]
    public void A_record_that_says_another_arrival_breaks_Littles_law()
    {
        _script.Arrive(0, 0);
        _script.Route(0, 0, 1);
        _script.Join(0, 1, 0);
        _script.Denoise(0, 1, 3, 4, 0);
        _script.Finish(_script.Record(0, 0, 0.5, 1, 1, 1, 1, 3, 3) with { DeviceTime = TimeSpan.FromSeconds(2) });

        AssertFails(CheckKind.LittleSystem, "area under the number in system 3 request-seconds, sum of times in system 2.5");
    }

    [Test]
    public void A_record_that_says_another_time_at_the_worker_breaks_Littles_law_there()
    {
        _script.Arrive(0, 0);
        _script.Route(0, 0, 0.5);
        _script.Join(0, 1, 0);
        _script.Denoise(0, 1, 3, 4, 0);
        _script.Finish(_script.Record(0, 0, 0, 1, 1, 1, 1, 3, 3) with { DeviceTime = TimeSpan.FromSeconds(2) });

        AssertFails(CheckKind.LittleWorkers, "w0: area under the number of its requests 2.5 request-seconds, sum of their times 2");
    }

    [Test]
    public void Device_time_that_no_worker_spent_breaks_the_utilisation_law()
    {
        _script.Arrive(0, 0);
        _script.Route(0, 0, 0);
        _script.Join(0, 0, 0);
        _script.Denoise(0, 0, 2, 4, 0);
        _script.Finish(_script.Record(0, 0, 0, 0, 0, 0, 0, 2, 2) with { DeviceTime = TimeSpan.FromSeconds(3) });

        AssertFails(CheckKind.Utilisation, "workers denoised 2 s in the run's 10.000 s, requests used 3 s");
    }

    [Test]
    public void A_worker_that_does_two_things_at_once_breaks_the_utilisation_law()
    {
        _script.Pass(0, 0, 2);
        _script.Denoise(0, 1, 3, 4, 0);

        AssertFails(CheckKind.Utilisation, "w0 worked from 1.000 s to 3.000 s though it was busy until 2.000 s");
    }

    [TestCase(0.0, false)]
    [TestCase(1.5, true)]
    [TestCase(null, true)]
    public void A_worker_that_idles_beside_a_request_that_is_ready_breaks_work_conservation_unless_it_waits_on_purpose(double? purpose, bool sound)
    {
        var digest = new RunDigest(new RunDigestOptions { PurposefulWait = purpose is { } seconds ? TimeSpan.FromSeconds(seconds) : null });
        var script = new EventScript(digest);
        script.Arrive(0, 0);
        script.Route(0, 0, 0);
        script.Join(0, 1.5, 0);
        script.Denoise(0, 1.5, 2, 4, 0);
        script.Finish(script.Record(0, 0, 0, 0, 0, 1.5, 1.5, 2, 2) with { DeviceTime = TimeSpan.FromSeconds(0.5) });
        var verdict = digest.Complete(EventScript.At(2)).Verdict;

        Assert.That(verdict.IsSound, Is.EqualTo(sound));
        if (!sound)
        {
            Assert.That(verdict.Failures.Single(), Does.Contain("work conservation").And.Contain("w0 idled for 1.5 s while r0"));
        }
    }

    [Test]
    public void A_request_that_waits_while_its_worker_is_busy_breaks_nothing()
    {
        _script.Pass(0, 0, 1);
        _script.Arrive(1, 3);
        _script.Route(1, 0, 3);
        _script.Join(0, 3, 1);
        _script.Arrive(2, 4);
        _script.Route(2, 0, 4);
        _script.Denoise(0, 3, 5, 4, 1);
        _script.Finish(_script.Record(1, 0, 3, 3, 3, 3, 3, 5, 5) with { DeviceTime = TimeSpan.FromSeconds(2) });
        _script.Join(0, 5, 2);
        _script.Denoise(0, 5, 6, 4, 2);
        _script.Finish(_script.Record(2, 0, 4, 4, 4, 5, 5, 6, 6) with { DeviceTime = TimeSpan.FromSeconds(1) });

        Assert.That(_digest.Complete(EventScript.At(6)).Verdict.Failures, Is.Empty);
    }

    [Test]
    public void Conclude_refuses_when_a_check_fails_and_says_which()
    {
        _script.Arrive(0, 0);
        var verdict = _digest.Complete(EventScript.At(1)).Verdict;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(verdict.Conclude("8 GPUs suffice"), Does.StartWith("No conclusion: conservation of requests fails").And.Not.Contain("suffice"));
            Assert.That(EventScript.Small().Verdict.Conclude("8 GPUs suffice"), Is.EqualTo("8 GPUs suffice"));
        }
    }

    private void AssertFails(CheckKind kind, string words)
    {
        var verdict = _digest.Complete(EventScript.At(10)).Verdict;
        var check = verdict.Checks.Single(check => check.Kind == kind);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(verdict.IsSound, Is.False);
            Assert.That(check.Passed, Is.False);
            Assert.That(check.Words, Does.Contain(words));
        }
    }
}
