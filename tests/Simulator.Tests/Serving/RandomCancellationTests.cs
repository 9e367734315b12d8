using SimServe.Policies;
using SimServe.Policies.Admission;
using SimServe.Policies.Ordering;
using SimServe.Policies.Recovery;
using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests.Serving;

/// <summary>What holds in every run in which users give up at random, whatever the policies.</summary>
public sealed class RandomCancellationTests
{
    private const int Requests = 250;

    private static IEnumerable<TestCaseData> Policies() =>
    [
        .. from batching in PolicyCatalogue.Batching
           from routing in PolicyCatalogue.Routing
           select Case(new PolicyOptions { Batching = batching, Routing = routing, MaxWait = TimeSpan.FromMilliseconds(20) }, $"{batching} {routing}"),
        .. from ordering in PolicyCatalogue.Ordering
           from admission in PolicyCatalogue.Admission
           from recovery in PolicyCatalogue.Recovery
           select Case(
               new PolicyOptions
               {
                   Ordering = new OrderingOptions { Kind = ordering },
                   Admission = new AdmissionOptions { Kind = admission, RatePerSecond = 8, Burst = 4 },
                   Recovery = new RecoveryOptions { Kind = recovery, CheckpointSteps = 3 },
               },
               $"{ordering} {admission} {recovery}"),
    ];

    private static TestCaseData Case(PolicyOptions policies, string name) => new TestCaseData(policies with { MaxBatchSize = 4 }).SetArgDisplayNames(name);

    [TestCaseSource(nameof(Policies))]
    public void Every_request_ends_once_and_all_checks_hold(PolicyOptions policies)
    {
        foreach (var seed in Enumerable.Range(1, 3))
        {
            var simulation = Simulation(policies, seed);
            var digest = new RunDigest(new RunDigestOptions { PurposefulWait = policies.MaxWait });
            var run = simulation.Run(digest).Serving;
            var summary = digest.Complete(run.EndedAt);
            var cancelled = run.Records.Where(static record => record.Outcome == RequestOutcome.Cancelled).ToArray();
            using (Assert.EnterMultipleScope())
            {
                Assert.That(summary.Verdict.Failures, Is.Empty);
                Assert.That(run.Records.Select(static record => record.Request.Id.Value).Order(), Is.EqualTo(Enumerable.Range(0, run.Records.Count)));
                Assert.That(summary.Outcomes.Values.Sum(), Is.EqualTo(summary.Injected).And.EqualTo(run.Records.Count));
                Assert.That(summary.Outcomes[RequestOutcome.Cancelled], Is.EqualTo(cancelled.Length).And.GreaterThan(10));
                Assert.That(cancelled, Has.All.Matches<RequestRecord>(static record => record.FinishedAt >= record.Request.CancelsAt && record is { DenoisedAt: null, Failure: null }));
                Assert.That(
                    run.Records.Where(static record => record.Outcome == RequestOutcome.Completed && record.Request.CancelsAt < record.DenoisedAt),
                    Has.All.Matches<RequestRecord>(record => run.Segments.Any(segment => segment.End == record.DenoisedAt && InLastStep(segment, record))),
                    "whoever is delivered later gave up in the last step");
                Assert.That(TestWorkload.Trace(simulation.Run().Serving), Is.EqualTo(TestWorkload.Trace(run)), "the same twice");
            }
        }
    }

    [Test]
    public void A_user_who_gives_up_after_the_delivery_changes_nothing()
    {
        var requests = TestWorkload.Poisson(Requests, 8, 3);
        var patient = TestWorkload.Simulation(requests).Run().Serving;
        Request[] later = [.. requests.Select((request, number) => request with { CancelsAt = patient.Records[number].FinishedAt + new TimeSpan(1) })];
        var run = TestWorkload.Simulation(later).Run().Serving;
        Assert.That(TestWorkload.Trace(run), Is.EqualTo(TestWorkload.Trace(patient)));
    }

    private static bool InLastStep(in BatchSegment segment, in RequestRecord record)
    {
        var step = (segment.End - segment.Start) / segment.Steps;
        return record.Request.CancelsAt >= segment.End - step - new TimeSpan(segment.Steps);
    }

    // Cold templates, a lost worker and a slow one, some promised and some not, and the end comes early in one of three.
    private static Simulation Simulation(PolicyOptions policies, int seed)
    {
        ServiceClass[] classes = [ServiceClass.Default, new("batch", -1), new("now", 2, TimeSpan.FromSeconds(0.6))];
        Request[] requests = [.. TestWorkload.Impatient(TestWorkload.Poisson(Requests, 14, seed), 0.3, 0.4, seed).Select((request, number) => request with { Class = classes[number % 3] })];
        return TestWorkload.Simulation(requests, workers: 3, policies) with
        {
            WarmTemplates = false,
            CutOff = seed == 3 ? requests[^40].ArrivesAt : null,
            Faults = [new LostWorker(Instant.FromSeconds(4), 0), new SlowWorker(Instant.FromSeconds(6), 1, TimeSpan.FromSeconds(3), 2)],
        };
    }
}
