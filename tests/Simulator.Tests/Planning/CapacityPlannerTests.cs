using SimServe.Simulator.Planning;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Planning;

/// <summary>The planner against closed forms, and what must hold of every answer.</summary>
public sealed class CapacityPlannerTests
{
    // No router is better than one queue for all workers (M/D/c), and none that looks at queues is worse than tossing a die (M/D/1 each).
    [TestCase(3.2, 0.25, 0.9)]
    [TestCase(6.5, 0.5, 0.95)]
    [TestCase(0.6, 1.2, 0.9)]
    [TestCase(0.5, 1.5, 0.9)]
    public void The_least_count_lies_between_M_D_c_and_M_D_1(double load, double waitOverService, double attainment)
    {
        var objective = new ServiceObjective { Attainment = attainment, Seconds = 1 + waitOverService };
        var (least, most) = (LeastServers(servers => MultiServerQueue.WaitAtMost(servers, load, waitOverService)), LeastServers(servers => MultiServerQueue.WaitAtMost(1, load / servers, waitOverService)));
        var answer = PlanQuestions.Answer(PlanQuestions.Ask(load, objective, PlanQuestions.Option("D", 1, 2))).Answers.Single();
        TestContext.Out.WriteLine($"{least} to {most}: {answer.Needed.Workers}, simulated {answer.Evaluation.Attainment:0.0000}");
        Assert.That(answer.Needed.Workers, Is.InRange(least, most));

        int LeastServers(Func<int, double> reached) => Enumerable.Range((int)Math.Floor(load) + 1, 1000).First(servers => reached(servers) >= attainment);
    }

    [TestCase(0.5, 0.4)]
    [TestCase(0.8, 1.0)]
    public void The_attainment_of_one_worker_is_that_of_M_D_1(double load, double waitOverService)
    {
        // A step passes as its time in whole ticks of 100 ns, so services are exact; only the closed form's bound is met with equality now and then.
        var question = PlanQuestions.Ask(load, new ServiceObjective { Attainment = 0.01, Seconds = 1 + waitOverService }, PlanQuestions.Option("D", 1, 2, 1));
        var evaluation = Evaluate(question with { Workload = question.Workload with { Requests = 6000 } }, new Fleet(0, 1));
        Assert.That(evaluation.Attainment, Is.EqualTo(MultiServerQueue.WaitAtMost(1, load, waitOverService)).Within((evaluation.High - evaluation.Low) / 2));
        Assert.That(evaluation.Utilisation, Is.EqualTo(load).Within(5).Percent, "the utilisation law");
    }

    // Equal gaps, equal services, workers in turn: nobody waits as soon as the workers carry the load.
    [TestCase(2.5, 3)]
    [TestCase(6.9, 7)]
    public void Without_randomness_the_least_count_is_the_load_rounded_up(double load, int expected)
    {
        var question = PlanQuestions.Ask(load, new ServiceObjective { Attainment = 0.99, Seconds = 1.001 }, PlanQuestions.Option("D", 1, 2));
        var result = PlanQuestions.Answer(question with
        {
            Workload = question.Workload with { Arrivals = new ConstantPattern() },
            Policies = question.Policies with { Routing = "round-robin" },
        });
        Assert.That((result.Answers[0].Needed.Workers, result.Answers[0].Evaluation.Attainment), Is.EqualTo((expected, 1.0)));
    }

    [Test]
    public void The_closed_form_of_one_server_is_that_of_M_D_1() =>
        Assert.That(MultiServerQueue.WaitAtMost(1, 0.5, 0), Is.EqualTo(0.5).Within(1e-9), "nobody waits who finds it empty");

    [Test]
    public void More_load_and_a_tighter_bound_never_need_fewer_workers()
    {
        int Count(double load, double seconds) => PlanQuestions.Answer(PlanQuestions.Ask(
            load, new ServiceObjective { Attainment = 0.9, Seconds = seconds }, PlanQuestions.Option("D", 1, 2))).Answers[0].Needed.Workers;

        int[] byLoad = [Count(1, 1.5), Count(2, 1.5), Count(4, 1.5)];
        int[] byBound = [Count(2, 3), Count(2, 1.5), Count(2, 1.1)];
        Assert.That(byLoad, Is.Ordered.Ascending);
        Assert.That(byBound, Is.Ordered.Ascending);
        Assert.That(byLoad[2], Is.GreaterThan(byLoad[0]));
    }

    [Test]
    public void The_spare_is_one_more_and_is_paid_for()
    {
        var question = PlanQuestions.Ask(3, new ServiceObjective { Attainment = 0.9, Seconds = 1.5 }, PlanQuestions.Option("D", 1, 2));
        var (without, with) = (PlanQuestions.Answer(question).Answers[0], PlanQuestions.Answer(question with { Spares = 1 }).Answers[0]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(with.Needed, Is.EqualTo(without.Needed));
            Assert.That(with.Recommended.Workers, Is.EqualTo(without.Recommended.Workers + 1));
            Assert.That(with.UsdPerHour, Is.EqualTo(without.UsdPerHour + 2));
            Assert.That(with.UsdPerThousandGood, Is.EqualTo(with.UsdPerHour / (3 * 3600 * with.Evaluation.Attainment) * 1000).Within(1e-9));
        }
    }

    [Test]
    public void The_cheapest_comes_first_and_one_fewer_of_it_misses()
    {
        var result = PlanQuestions.Answer(PlanQuestions.Ask(
            4, new ServiceObjective { Attainment = 0.9, Seconds = 2.5 },
            PlanQuestions.Option("slow", 2, 1), PlanQuestions.Option("fast", 1, 3), PlanQuestions.Option("dear", 0.5, 50)) with
        {
            AnswersWithHeadroom = 1,
        });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Answers.Select(static answer => answer.UsdPerHour), Is.Ordered.Ascending);
            Assert.That(result.Answers, Has.Count.EqualTo(3));
            Assert.That(result.OneFewer?.Verdict, Is.Not.EqualTo(FleetVerdict.Meets));
            Assert.That(result.Answers[0].Evaluation.Verdict, Is.EqualTo(FleetVerdict.Meets));
            Assert.That(result.Answers[0].HeadroomRequestsPerSecond, Is.GreaterThanOrEqualTo(4));
        }
    }

    // 4.5 requests/s: a big worker takes 4, a small one 1.25. Two big ones cost 8, four small ones 5.6, one of each 5.4.
    [Test]
    public void A_mix_wins_where_one_kind_comes_in_too_large_pieces()
    {
        var question = PlanQuestions.Ask(
            4.5, new ServiceObjective { Attainment = 0.9, Seconds = 5 }, PlanQuestions.Option("big", 0.25, 4), PlanQuestions.Option("small", 0.8, 1.4)) with
        {
            Mixes = true,
        };
        var result = PlanQuestions.Answer(question);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Answers[0].Needed.IsMix, string.Join(", ", result.Answers.Select(answer => answer.Needed.Describe(question.Options))));
            Assert.That(result.Answers[0].UsdPerHour, Is.LessThan(result.Answers[1].UsdPerHour));
            Assert.That(result.Answers[0].Evaluation.Verdict, Is.EqualTo(FleetVerdict.Meets));
            Assert.That(result.MixesTried, Is.Positive);
        }
    }

    [Test]
    public void A_mix_with_a_spare_meets_the_objective_without_any_one_worker()
    {
        var question = PlanQuestions.Ask(
            4.5, new ServiceObjective { Attainment = 0.9, Seconds = 5 }, PlanQuestions.Option("big", 0.25, 6), PlanQuestions.Option("small", 0.8, 1.3, most: 3)) with
        {
            Mixes = true, Spares = 1,
        };
        var mix = PlanQuestions.Answer(question).Answers.Where(static answer => answer.Needed.IsMix).ToArray();
        Assert.That(mix, Is.Not.Empty);
        foreach (var answer in mix)
        {
            Assert.That(Evaluate(question, answer.Recommended.With(answer.Recommended.First, -1)).Verdict, Is.EqualTo(FleetVerdict.Meets));
            Assert.That(Evaluate(question, answer.Recommended.With(answer.Recommended.Second, -1)).Verdict, Is.EqualTo(FleetVerdict.Meets));
        }
    }

    [Test]
    public void A_device_that_is_too_slow_alone_says_so()
    {
        var result = PlanQuestions.Answer(PlanQuestions.Ask(1, new ServiceObjective { Attainment = 0.95, Seconds = 6 }, PlanQuestions.Option("A10", 8.9, 1)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Answers, Is.Empty);
            Assert.That(result.Impossible.Single().Reason, Does.StartWith("latency alone: on an idle A10 95 % of the requests take up to 8.9 s").And.Contain("95 % within 6 s"));
            Assert.That(result.Probability, Is.Null);
        }
    }

    [Test]
    public void A_device_without_room_for_the_weights_says_so()
    {
        var option = PlanQuestions.Option("A10", 1, 1) with { MemoryBytes = 24e9 };
        var question = PlanQuestions.Ask(1, new ServiceObjective { Attainment = 0.95, Seconds = 6 }, option);
        var result = PlanQuestions.Answer(question with { Model = question.Model with { Parameters = 10_000_000_000 } });
        Assert.That(result.Impossible.Single().Reason, Does.StartWith("device memory: the weights of the model and its encoders take 40.0 GB; an A10 has 24 GB"));
    }

    [Test]
    public void Too_few_allowed_workers_say_how_many_the_load_needs()
    {
        var result = PlanQuestions.Answer(PlanQuestions.Ask(10, new ServiceObjective { Attainment = 0.95, Seconds = 6 }, PlanQuestions.Option("D", 1, 1, most: 4)));
        Assert.That(result.Impossible.Single().Reason, Is.EqualTo("number of workers: 10 requests/s need at least 11 D (1 requests/s each at best); at most 4 are allowed"));
    }

    [Test]
    public void Allowed_workers_that_do_not_suffice_say_what_they_reach()
    {
        var result = PlanQuestions.Answer(PlanQuestions.Ask(3.9, new ServiceObjective { Attainment = 0.99, Seconds = 1.05 }, PlanQuestions.Option("D", 1, 1, most: 4)));
        Assert.That(result.Impossible.Single().Reason, Does.Match(@"^number of workers: 4 D reach \d+\.\d% of 99 % within 1\.05 s; at most 4 are allowed$"));
    }

    [Test]
    public void A_bound_relative_to_the_latency_alone_is_taken_on_the_fastest_device()
    {
        var objective = new ServiceObjective { Attainment = 0.9, TimesAlone = 1.5 };
        var result = PlanQuestions.Answer(PlanQuestions.Ask(1, objective, PlanQuestions.Option("fast", 1, 5), PlanQuestions.Option("slow", 2, 1)));
        Assert.That(result.Answers.Single().Needed.First, Is.Zero);
        Assert.That(result.Impossible.Single().Option, Is.EqualTo(1), "twice the latency alone is more than 1.5 times");
        var named = PlanQuestions.Answer(PlanQuestions.Ask(1, objective with { ReferenceDevice = "slow" }, PlanQuestions.Option("fast", 1, 5), PlanQuestions.Option("slow", 2, 1)));
        Assert.That(named.Impossible, Is.Empty);
    }

    [Test]
    public void The_number_of_threads_changes_nothing()
    {
        var question = PlanQuestions.Ask(
            4.5, new ServiceObjective { Attainment = 0.9, Seconds = 5 }, PlanQuestions.Option("big", 0.25, 4), PlanQuestions.Option("small", 0.8, 1.4)) with
        {
            Mixes = true, CalibrationError = new CalibrationError(0.05, "the test's"),
        };
        Assert.That(Show(question with { Threads = 7 }), Is.EqualTo(Show(question with { Threads = 1 })));
    }

    [Test]
    public void A_calibration_error_needs_a_faster_fleet_and_is_met_with_the_asked_probability()
    {
        var question = PlanQuestions.Ask(4, new ServiceObjective { Attainment = 0.9, Seconds = 1.6 }, PlanQuestions.Option("D", 1, 2));
        var careful = question with { CalibrationError = new CalibrationError(0.15, "the test's"), Confidence = 0.9 };
        var (plain, safe) = (PlanQuestions.Answer(question), PlanQuestions.Answer(careful));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(safe.Answers[0].Needed.Workers, Is.GreaterThan(plain.Answers[0].Needed.Workers));
            Assert.That(safe.Probability!.High, Is.GreaterThanOrEqualTo(0.9), "planned for what is exceeded in one case of ten");
            Assert.That((safe.Probability.Draws, plain.Probability!.Draws), Is.EqualTo((64, 0)));
            Assert.That(plain.Probability.Value, Is.GreaterThanOrEqualTo(0.95));
        }
    }

    private static string Show(CapacityQuestion question)
    {
        var result = PlanQuestions.Answer(question);
        return System.Text.Json.JsonSerializer.Serialize(result);
    }

    private static FleetEvaluation Evaluate(CapacityQuestion question, Fleet fleet)
    {
        var most = question.Options.Select((option, index) => option with { Most = Math.Max(1, index == fleet.First ? fleet.FirstCount : fleet.SecondCount) });
        var workload = new PlanWorkload(question.Workload, question.Model.Grid, question.Seed);
        return new FleetEvaluator(question with { Options = [.. most] }, workload, new RequestBounds(question.Objective, null), CancellationToken.None).Evaluate(fleet);
    }
}
