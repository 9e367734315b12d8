using SimServe.GpuBackend.Schedulers;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Schedulers;

/// <summary>What every sampling method must do.</summary>
public sealed class NoiseSchedulerTests
{
    private const int Steps = 10;
    private const double Rounding = 1e-9;

    private DisposeScope _scope = null!;

    private static IEnumerable<TestCaseData> Every() => Data(static _ => true);

    private static IEnumerable<TestCaseData> Exact() => Data(static scheduler => scheduler.IsExact);

    private static IEnumerable<TestCaseData> ExactAndDeterministic() => Data(static scheduler => scheduler.IsExact && !scheduler.AddsNoise);

    private static IEnumerable<TestCaseData> Deterministic() => Data(static scheduler => !scheduler.AddsNoise);

    // A terminal level needs a level before it.
    private static IEnumerable<TestCaseData> Short() => Data(static scheduler => !scheduler.Keys.Contains("shift_terminal", StringComparison.Ordinal));

    // PNDM takes its first step twice, for which the reference's timesteps are laid out only from the beginning.
    private static IEnumerable<TestCaseData> Startable() => Data(static scheduler => scheduler.ClassName != "PNDMScheduler");

    private static IEnumerable<TestCaseData> Stochastic() => Data(static scheduler => scheduler.AddsNoise);

    [SetUp]
    public void OpenScope() => _scope = NewDisposeScope();

    [TearDown]
    public void CloseScope() => _scope.Dispose();

    [TestCaseSource(nameof(ExactAndDeterministic))]
    public void Step_with_a_perfect_model_stays_on_the_straight_path_to_the_clean_sample(object given)
    {
        var test = (SchedulerCase)given;
        using var scheduler = test.Create(Steps);
        var (clean, noise) = (Normal(1), Normal(2));
        var sample = scheduler.AddNoise(clean, noise, 0);
        for (var step = 0; step < scheduler.Timesteps.Count; step++)
        {
            sample = scheduler.Step(test.Perfect(scheduler, step, sample, clean), step, sample, null);
            Assert.That(Distance(sample, scheduler.AddNoise(clean, noise, step + 1)), Is.Not.NaN.And.LessThan(Rounding * Scale(scheduler)), $"after step {step}");
        }
    }

    [TestCaseSource(nameof(Exact))]
    public void Step_with_a_perfect_model_ends_at_the_clean_sample(object given)
    {
        var test = (SchedulerCase)given;
        using var scheduler = test.Create(Steps);
        var clean = Normal(1);
        var sample = Run(test, scheduler, scheduler.AddNoise(clean, Normal(2), 0), clean, 0);
        Assert.That(Distance(sample, clean), Is.Not.NaN.And.LessThan(Rounding * Scale(scheduler)));
    }

    [TestCaseSource(nameof(Short))]
    public void One_step_with_a_perfect_model_is_enough(object given)
    {
        var test = (SchedulerCase)given;
        using var scheduler = test.Create(1);
        var clean = Normal(1);
        var sample = scheduler.AddNoise(clean, Normal(2), 0);
        Assert.That(Distance(scheduler.Step(test.Perfect(scheduler, 0, sample, clean), 0, sample, null), clean), Is.Not.NaN.And.LessThan(Rounding * Scale(scheduler)));
    }

    [TestCaseSource(nameof(Startable))]
    public void Begin_starts_a_run_that_ends_at_the_clean_sample_too(object given)
    {
        var test = (SchedulerCase)given;
        using var scheduler = test.Create(Steps);
        var clean = Normal(1);
        scheduler.Begin(4);
        var sample = Run(test, scheduler, scheduler.AddNoise(clean, Normal(2), 4), clean, 4);
        Assert.That(Distance(sample, clean), Is.Not.NaN.And.LessThan(Rounding * Scale(scheduler)));
    }

    [TestCase("DDIMScheduler")]
    [TestCase("EulerDiscreteScheduler")]
    [TestCase("EulerAncestralDiscreteScheduler")]
    [TestCase("FlowMatchEulerDiscreteScheduler")]
    public void Begin_of_a_method_without_memory_gives_the_tail_of_the_whole_run(string className)
    {
        var test = SchedulerCase.All.First(test => test.ClassName == className);
        using var whole = test.Create(Steps);
        var middle = Wander(whole, Normal(1), 0, 4);
        var end = Wander(whole, middle, 4, Steps);
        using var tail = test.Create(Steps);
        tail.Begin(4);
        Assert.That(Distance(Wander(tail, middle, 4, Steps), end), Is.Zero);
    }

    [TestCaseSource(nameof(Every))]
    public void Steps_of_two_requests_interleaved_equal_each_alone(object given)
    {
        var prepared = ((SchedulerCase)given).Prepare();
        using var first = Started(prepared, 6);
        using var second = Started(prepared, 9);
        var (one, two) = (Normal(1), Normal(2));
        var (alone, aloneToo) = (Wander(first, one, 0, first.Timesteps.Count), Wander(second, two, 0, second.Timesteps.Count));
        first.Begin(0);
        second.Begin(0);
        for (var step = 0; step < second.Timesteps.Count; step++)
        {
            one = step < first.Timesteps.Count ? Wander(first, one, step, step + 1) : one;
            two = Wander(second, two, step, step + 1);
        }

        Assert.That((Distance(one, alone), Distance(two, aloneToo)), Is.EqualTo((0.0, 0.0)));
    }

    [TestCaseSource(nameof(Every))]
    public void Steps_keep_nothing_of_tensors_that_the_caller_changes_afterwards(object given)
    {
        var test = (SchedulerCase)given;
        using var scheduler = test.Create(Steps);
        var expected = Wander(scheduler, Normal(1), 0, Steps);
        scheduler.Begin(0);
        var sample = Normal(1);
        for (var step = 0; step < Steps; step++)
        {
            var (given1, output) = (sample.clone(), Guess(scheduler, step, sample));
            sample = scheduler.Step(output, step, given1, () => Normal(step));
            given1.zero_();
            output.zero_();
        }

        Assert.That(Distance(sample, expected), Is.Zero);
    }

    [TestCaseSource(nameof(Every))]
    public void Set_steps_forgets_the_run_before(object given)
    {
        using var scheduler = ((SchedulerCase)given).Create(Steps);
        var first = Wander(scheduler, Normal(1), 0, Steps);
        scheduler.SetSteps(new SchedulerSteps(7));
        Wander(scheduler, Normal(3), 0, 5);
        scheduler.SetSteps(new SchedulerSteps(Steps));
        Assert.That(Distance(Wander(scheduler, Normal(1), 0, Steps), first), Is.Zero);
    }

    [TestCaseSource(nameof(Stochastic))]
    public void Fresh_noise_replaces_as_much_noise_as_the_step_removes(object given)
    {
        var test = (SchedulerCase)given;
        using var scheduler = test.Create(Steps);
        var mix = SchedulerCase.Mix(scheduler, 0);

        // The clean sample is zero: one element holds old noise only, the other fresh noise only.
        var clean = zeros([1, 2], dtype: ScalarType.Float64);
        var sample = tensor(new[,] { { mix.Noise, 0 } });
        var next = scheduler.Step(test.Perfect(scheduler, 0, sample, clean), 0, sample, static () => tensor(new[,] { { 0.0, 1.0 } }));
        Assert.That(next.norm().item<double>(), Is.EqualTo(SchedulerCase.Mix(scheduler, 1).Noise).Within(Rounding));
    }

    [TestCaseSource(nameof(Stochastic))]
    public void Step_without_a_source_of_noise_says_that_it_needs_one(object given)
    {
        using var scheduler = ((SchedulerCase)given).Create(Steps);
        var sample = Normal(1);
        Assert.That(() => scheduler.Step(sample, 0, sample, null), Throws.ArgumentException.With.Message.Contains("no source of noise"));
    }

    [TestCaseSource(nameof(Deterministic))]
    public void Step_of_a_deterministic_method_draws_no_noise(object given)
    {
        using var scheduler = ((SchedulerCase)given).Create(Steps);
        var sample = Normal(1);
        for (var step = 0; step < scheduler.Timesteps.Count; step++)
        {
            sample = scheduler.Step(Guess(scheduler, step, sample), step, sample, static () => throw new AssertionException("noise was drawn"));
        }
    }

    [TestCaseSource(nameof(Every))]
    public void Scale_input_gives_unit_variance_to_models_of_noise_schedules(object given)
    {
        var test = (SchedulerCase)given;
        using var scheduler = test.Create(Steps);
        for (var step = 0; step < scheduler.Timesteps.Count; step++)
        {
            var mix = SchedulerCase.Mix(scheduler, step);
            var scale = scheduler.ScaleInput(ones([1, 1], dtype: ScalarType.Float64), step).item<double>();
            var variance = scale * scale * ((mix.Signal * mix.Signal) + (mix.Noise * mix.Noise));
            Assert.That(test.IsFlow ? scale : variance, Is.EqualTo(1).Within(Rounding), $"step {step}");
        }
    }

    [TestCaseSource(nameof(Every))]
    public void Add_noise_by_timestep_equals_add_noise_by_step_and_ends_clean(object given)
    {
        using var scheduler = ((SchedulerCase)given).Create(Steps);
        int[] steps = [0, 3, Steps - 1];
        var (clean, noise) = (Normal(1, steps.Length), Normal(2, steps.Length));
        var together = scheduler.AddNoise(clean, noise, [.. steps.Select(step => scheduler.Timesteps[step])]);
        for (var i = 0; i < steps.Length; i++)
        {
            Assert.That(Distance(together.narrow(0, i, 1), scheduler.AddNoise(clean.narrow(0, i, 1), noise.narrow(0, i, 1), steps[i])), Is.Not.NaN.And.LessThan(1e-12 * Scale(scheduler)));
        }

        Assert.That(Distance(scheduler.AddNoise(clean, noise, scheduler.Timesteps.Count), clean), Is.Zero);
    }

    [TestCaseSource(nameof(Every))]
    public void Timesteps_and_noise_levels_fall(object given)
    {
        using var scheduler = ((SchedulerCase)given).Create(Steps);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(scheduler.Timesteps, Is.Ordered.Descending);
            Assert.That(scheduler.Sigmas, Is.Ordered.Descending);
            Assert.That(scheduler.Sigmas, Has.Count.EqualTo(0).Or.Count.EqualTo(scheduler.Timesteps.Count + 1));
            Assert.That(!scheduler.IntegerTimesteps || scheduler.Timesteps.All(double.IsInteger), Is.True);
        }
    }

    [TestCaseSource(nameof(Every))]
    public void Results_have_the_type_of_the_sample_and_half_precision_costs_its_rounding_only(object given)
    {
        var test = (SchedulerCase)given;
        using var exact = test.Create(Steps);
        using var half = test.Create(Steps);
        var (sample, output) = (Normal(1), Normal(2));
        var (rounded, roundedOutput) = (sample.to(ScalarType.BFloat16), output.to(ScalarType.BFloat16));
        var got = half.Step(roundedOutput, 0, rounded, static () => Normal(3).to(ScalarType.BFloat16));
        var want = exact.Step(roundedOutput.to(ScalarType.Float64), 0, rounded.to(ScalarType.Float64), static () => Normal(3).to(ScalarType.BFloat16).to(ScalarType.Float64));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(got.dtype, Is.EqualTo(ScalarType.BFloat16));
            Assert.That(half.ScaleInput(rounded, 1).dtype, Is.EqualTo(ScalarType.BFloat16));
            Assert.That(half.AddNoise(rounded, rounded, 1).dtype, Is.EqualTo(ScalarType.BFloat16));
            Assert.That(half.AddNoise(rounded, rounded, [half.Timesteps[1]]).dtype, Is.EqualTo(ScalarType.BFloat16));
            Assert.That(Distance(got.to(ScalarType.Float64), want), Is.Not.NaN.And.LessThan(want.abs().max().item<double>() / 256));
        }
    }

    [TestCaseSource(nameof(Every))]
    public void Step_leaves_nothing_behind_in_the_callers_scope_but_its_result(object given)
    {
        using var scheduler = ((SchedulerCase)given).Create(Steps);
        var sample = Normal(1);
        var output = Normal(2);
        for (var step = 0; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            scheduler.Step(output, step, sample, () => output);
            Assert.That(scope.DisposablesCount, Is.EqualTo(1), $"step {step}");
        }
    }

    [Test]
    public void Step_out_of_order_is_refused()
    {
        using var scheduler = SchedulerCase.All[0].Create(Steps);
        var sample = Normal(1);
        scheduler.Step(sample, 0, sample, null);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => scheduler.Step(sample, 0, sample, null), Throws.ArgumentException.With.Message.Contains("step 1 comes next"));
            Assert.That(() => scheduler.Step(sample, 2, sample, null), Throws.ArgumentException.With.Message.Contains("step 1 comes next"));
            Assert.That(() => scheduler.Step(sample, Steps, sample, null), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => scheduler.Begin(Steps + 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    [Test]
    public void Tensors_of_other_shapes_are_refused()
    {
        using var scheduler = SchedulerCase.All[0].Create(Steps);
        var (sample, wider) = (zeros([1, 2]), zeros([1, 3]));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => scheduler.Step(wider, 0, sample, null), Throws.ArgumentException.With.Message.Contains("[1, 3]"));
            Assert.That(() => scheduler.AddNoise(sample, wider, 0), Throws.ArgumentException.With.Message.Contains("[1, 3]"));
            Assert.That(() => scheduler.AddNoise(sample, sample, [901, 1]), Throws.ArgumentException.With.Message.Contains("batch of 1"));
        }
    }

    [TestCase("DDIMScheduler", 1000.0)]
    [TestCase("DDIMScheduler", 0.5)]
    [TestCase("EulerDiscreteScheduler", 3.0)]
    public void Add_noise_at_a_foreign_timestep_is_refused(string className, double timestep)
    {
        using var scheduler = SchedulerCase.All.First(test => test.ClassName == className).Create(Steps);
        Assert.That(() => scheduler.AddNoise(zeros([1, 2]), zeros([1, 2]), [timestep]), Throws.InstanceOf<ArgumentException>());
    }

    [Test]
    public void Nothing_works_before_the_steps_are_set()
    {
        using var scheduler = SchedulerCase.All[0].Prepare()();
        Assert.That(() => scheduler.Timesteps, Throws.InvalidOperationException.With.Message.Contains("SetSteps"));
    }

    [Test]
    public void Only_flow_matching_takes_noise_levels([Values] bool shift)
    {
        using var scheduler = SchedulerCase.All[0].Prepare()();
        var steps = shift ? new SchedulerSteps(1) { Mu = 1 } : new SchedulerSteps(1) { Sigmas = [1.0] };
        Assert.That(() => scheduler.SetSteps(steps), Throws.ArgumentException.With.Message.Contains("flow matching"));
    }

    private static IEnumerable<TestCaseData> Data(Func<SchedulerCase, bool> wanted) =>
        SchedulerCase.All.Where(wanted).Select(static test => new TestCaseData(test).SetArgDisplayNames(test.Name));

    private static INoiseScheduler Started(Func<INoiseScheduler> prepared, int steps)
    {
        var scheduler = prepared();
        scheduler.SetSteps(new SchedulerSteps(steps));
        return scheduler;
    }

    private static Tensor Run(SchedulerCase test, INoiseScheduler scheduler, Tensor sample, Tensor clean, int first)
    {
        for (var step = first; step < scheduler.Timesteps.Count; step++)
        {
            sample = scheduler.Step(test.Perfect(scheduler, step, sample, clean), step, sample, () => Normal(step));
        }

        return sample;
    }

    /// <summary>Steps with a model that is far from perfect, and noise that depends on the step alone.</summary>
    private static Tensor Wander(INoiseScheduler scheduler, Tensor sample, int first, int end)
    {
        for (var step = first; step < end; step++)
        {
            sample = scheduler.Step(Guess(scheduler, step, sample), step, sample, () => Normal(step));
        }

        return sample;
    }

    private static Tensor Guess(INoiseScheduler scheduler, int step, Tensor sample) =>
        scheduler.ScaleInput(sample, step).sin() + (scheduler.Timesteps[step] / 1000);

    private static Tensor Normal(long seed, int batch = 1) =>
        randn([batch, 2, 3, 3], dtype: ScalarType.Float64, generator: new Generator((ulong)seed + 1));

    private static double Distance(Tensor one, Tensor other) => (one - other).abs().max().item<double>();

    // Rounding grows with the noise that is subtracted: up to 4096 with a zero terminal signal.
    private static double Scale(INoiseScheduler scheduler) => scheduler.Sigmas.Append(1).Max();
}
