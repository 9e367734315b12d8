using SimServe.Policies.Admission;
using SimServe.Policies.Ordering;
using SimServe.Policies.Scaling;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Planning;
using SimServe.Simulator.Tests.Devices;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Planning;

/// <summary>Answers that depend on ordering, admission, scaling and on what hosts hold, against what must come out.</summary>
public sealed class PlanPolicyTests
{
    private static readonly ServiceObjective Loose = new() { Attainment = 0.01, Seconds = 3 };

    // Four workers of one second each carry 2.5 requests/s at equal gaps without any wait: what is let in is good, and nothing else.
    [Test]
    public void What_a_token_bucket_turns_away_does_not_meet_the_objective()
    {
        var question = Constant(2.5);
        var run = Evaluate(question with { Policies = question.Policies with { Admission = new AdmissionOptions { Kind = "token-bucket", RatePerSecond = 1.25, Burst = 1 } } }, 4);
        Assert.That(Evaluate(question, 4).Attainment, Is.EqualTo(1));
        Assert.That(run.Attainment, Is.EqualTo(0.5).Within(1.0 / 1125), "every other request, of 1,125 that count");
        Assert.That(run.P99, Is.EqualTo(1).Within(1e-3), "latencies are those of requests that were served");
    }

    [Test]
    public void With_one_bound_for_all_the_earliest_deadline_is_the_first_come()
    {
        var question = PlanQuestions.Ask(1.8, Loose, PlanQuestions.Option("D", 1, 2));
        var (first, deadline) = (Evaluate(question, 2), Evaluate(question with { Policies = question.Policies with { Ordering = new OrderingOptions { Kind = "earliest-deadline" } } }, 2));
        Assert.That((deadline.Attainment, deadline.P50, deadline.P99), Is.EqualTo((first.Attainment, first.P50, first.P99)));
        Assert.That(first.P99, Is.GreaterThan(2), "there were queues to put in order");
    }

    // Who cannot make it is shed, so whoever is served is in time: services are exact, and so is the forecast.
    [Test]
    public void Admission_by_deadline_sheds_what_would_be_late()
    {
        var question = PlanQuestions.Ask(3, Loose, PlanQuestions.Option("D", 1, 2));
        var shed = Evaluate(question with { Policies = question.Policies with { Admission = new AdmissionOptions { Kind = "deadline" } } }, 2);
        Assert.That(Evaluate(question, 2).Attainment, Is.LessThan(0.1), "one and a half times what two workers carry");
        Assert.That(shed.Attainment, Is.InRange(0.55, 2.0 / 3), "at most what two workers carry");
        Assert.That(shed.P99, Is.LessThanOrEqualTo(3 + 1e-3));
    }

    [Test]
    public void A_timetable_that_keeps_two_of_four_on_is_a_fleet_of_two()
    {
        var question = PlanQuestions.Ask(1.5, Loose, PlanQuestions.Option("D", 1, 2));
        var scaling = new ScalingOptions { Kind = "scheduled", Initial = 2, Schedule = [new ScheduledSize(TimeSpan.Zero, 2)] };
        var (two, four) = (Evaluate(question, 2), Evaluate(question with { Policies = question.Policies with { Scaling = scaling } }, 4));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((four.Attainment, four.P50, four.P99), Is.EqualTo((two.Attainment, two.P50, two.P99)));
            Assert.That(four.OnByKind.Single(), Is.EqualTo(2).Within(1e-12));
            Assert.That(two.OnByKind.Single(), Is.EqualTo(2).Within(1e-12), "all of them without scaling");
        }
    }

    // Independent uniform requests find one of k held templates among T with probability k / T, whatever is evicted; a fetch takes longer than the bound.
    [TestCase(2)]
    [TestCase(6)]
    public void Of_templates_that_do_not_all_fit_into_memory_the_share_that_fits_is_at_hand(int fitting)
    {
        const int Templates = 8;
        var question = Cached(Templates, fitting);
        var run = Evaluate(question, 1);
        var share = (double)fitting / Templates;
        var error = Math.Sqrt(share * (1 - share) / (run.Replications * 1125));
        Assert.That(run.Attainment, Is.EqualTo(share).Within(4 * error), "four standard errors");
    }

    [Test]
    public void Memory_for_all_templates_is_as_if_none_had_to_be_fetched() =>
        Assert.That(Evaluate(Cached(8, 8), 1).Attainment, Is.EqualTo(1), "each of them came once, before the requests that count");

    // Two hosts that hold half of the templates each hold all of them once requests go where theirs lies: what one lacks and the other has never comes to it.
    [Test]
    public void More_hosts_hold_more_where_requests_go_where_their_template_is()
    {
        // Often enough that a request finds the other worker busy with a fetch: idle, the first worker would get everything.
        var question = Cached(8, 4) with { Workload = Cached(8, 4).Workload with { RequestsPerSecond = 0.3 }, Hosts = Cached(8, 4).Hosts! with { WorkersPerHost = 1 } };
        var shared = question with { Hosts = question.Hosts with { WorkersPerHost = 2 } };
        CapacityQuestion Near(CapacityQuestion asked) => asked with { Policies = asked.Policies with { Routing = "template-affinity", AffinityLoadFactor = 1000 } };
        Assert.That(Evaluate(Near(question), 2).Attainment, Is.GreaterThan(Evaluate(Near(shared), 2).Attainment + 0.2));
    }

    [Test]
    public void Where_no_number_of_workers_meets_the_objective_for_lack_of_memory_the_caches_are_named()
    {
        var question = Cached(8, 2) with { Objective = Loose with { Attainment = 0.9 }, Options = [PlanQuestions.Option("D", 1, 2, 1)] };
        var bound = PlanQuestions.Answer(question);
        Assert.That(bound.Impossible.Single().Reason, Does.Match("^templates' caches: 1 D reach 2[0-9].[0-9]% of 90 % within 3 s; with every template at hand in every host 100.0%; at most 1 are allowed$"));
        Assert.That(PlanQuestions.Answer(question with { Hosts = null }).Answers, Has.Count.EqualTo(1));
    }

    // Loading takes 4 s of a request and the rest 1 s: nobody keeps 3 s alone, unless the template lies in the device's memory.
    [Test]
    public void Devices_that_keep_templates_may_do_what_their_links_do_not_let_them()
    {
        var costs = new TestCosts { FlopsPerSecond = 1e18, BytesPerSecond = 2.4e7, Encode = TimeSpan.Zero, Decode = TimeSpan.Zero, Overhead = static _ => TimeSpan.FromSeconds(0.02) };
        var asked = Constant(0.1);
        var question = asked with
        {
            Policies = asked.Policies with { Pipeline = "sequential" },
            Objective = Loose with { Attainment = 0.9 },
            Options = [PlanQuestions.Option("D", 1, 2) with { Costs = costs }],
        };
        var host = new HostOptions { DeviceCacheBytes = TestWorkload.Model.TemplateCacheBytes(PlanQuestions.Steps) };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(PlanQuestions.Answer(question).Impossible.Single().Reason, Does.StartWith("latency alone: "));
            Assert.That(PlanQuestions.Answer(question with { Hosts = new PlanHosts { Host = host } }).Answers.Single().Needed.Workers, Is.EqualTo(1));
        }
    }

    // Slow enough that requests never meet: a request of one second every twenty, a fetch of five, a bound of three.
    private static CapacityQuestion Cached(int templates, int fitting)
    {
        var question = Constant(0.05);
        var bytes = TestWorkload.Model.TemplateCacheBytes(PlanQuestions.Steps);
        return question with
        {
            Workload = question.Workload with { Templates = templates },
            Policies = question.Policies with { Pipeline = "sequential" },
            Hosts = new PlanHosts { Host = new HostOptions { MemoryBytes = fitting * bytes, NetworkBytesPerSecond = bytes / 5.0 } },
        };
    }

    private static CapacityQuestion Constant(double requestsPerSecond)
    {
        var question = PlanQuestions.Ask(requestsPerSecond, Loose, PlanQuestions.Option("D", 1, 2));
        return question with { Workload = question.Workload with { Arrivals = new ConstantPattern() } };
    }

    private static FleetEvaluation Evaluate(CapacityQuestion question, int workers)
    {
        var bounds = new RequestBounds(question.Objective, null);
        var workload = new PlanWorkload(question.Workload, question.Model.Grid, question.Seed, bounds);
        return new FleetEvaluator(question, workload, bounds, CancellationToken.None).Evaluate(new Fleet(0, workers));
    }
}
