using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Models.Flux;

public sealed class FluxTransformer2DModelTests
{
    private static readonly FluxTransformerConfig Config = Small.Config.Transformer with { InChannels = 12, OutChannels = 8, GuidanceEmbeds = true };

    private IDisposable _mode = null!;
    private IDisposable _scope = null!;

    [SetUp]
    public void Begin() => (_mode, _scope) = (inference_mode(), NewDisposeScope());

    [TearDown]
    public void End()
    {
        _scope.Dispose();
        _mode.Dispose();
    }

    [Test]
    public void A_batch_of_two_equals_two_single_runs()
    {
        using var model = Seeded();
        var both = Input(Config, 2);
        var together = model.Forward(both);
        for (var member = 0; member < 2; member++)
        {
            var alone = model.Forward(Member(both, member));
            Assert.That(Largest(alone.sub(together.narrow(0, member, 1))), Is.Not.NaN.And.LessThan(1e-5));
        }

        Assert.That(Largest(together.select(0, 0).sub(together.select(0, 1))), Is.GreaterThan(0.1));
    }

    [TestCase(ScalarType.BFloat16, 0.03)]
    [TestCase(ScalarType.Float16, 0.005)]
    public void Half_precision_is_close_to_float32(ScalarType type, double relative)
    {
        using var exact = Seeded();
        using var half = Seeded(type);
        var expected = exact.Forward(Input(Config, 2));
        var result = half.Forward(Input(Config, 2, type));
        var error = result.to(ScalarType.Float32).sub(expected).norm().div(expected.norm()).to(ScalarType.Float64).item<double>();
        TestContext.Out.WriteLine($"{type}: relative error {error:G3}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.dtype, Is.EqualTo(type));
            Assert.That(error, Is.Not.NaN.And.LessThan(relative));
        }
    }

    [TestCase("transformer_blocks.0.norm1_context.linear.bias", 5)]
    [TestCase("single_transformer_blocks.0.norm.linear.bias", 2)]
    public void Hidden_states_beyond_float16_stay_finite(string modulation, int gate)
    {
        using var model = Seeded(ScalarType.Float16);
        var weight = model.Weights.All[modulation];
        var bias = weight.Original.clone();
        bias.narrow(0, gate * Config.Width, Config.Width).fill_(60_000);
        weight.Patch(bias);
        List<double> largest = [];
        model.Weights.Hooks.Observer = (path, value) => largest.Add(Largest(value));
        model.Forward(Input(Config, 1, ScalarType.Float16));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(largest, Has.Some.EqualTo(65_504), "the hidden state was cut off at float16's largest number");
            Assert.That(largest, Has.All.LessThanOrEqualTo(65_504));
        }
    }

    [Test]
    public void Only_the_distances_between_tokens_matter()
    {
        using var model = Seeded();
        var input = Input(Config, 1);
        var here = model.Forward(input);
        var shifted = model.Forward(input with { ImageIds = input.ImageIds.add(2.5), TextIds = input.TextIds.add(2.5) });
        var apart = model.Forward(input with { TextIds = input.TextIds.add(2.5) });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Largest(shifted.sub(here)), Is.Not.NaN.And.LessThan(1e-4));
            Assert.That(Largest(apart.sub(here)), Is.GreaterThan(1e-3));
        }
    }

    [Test]
    public void Every_weight_is_read_at_each_call()
    {
        using var model = Seeded();
        var input = Input(Config, 1);
        var original = model.Forward(input);
        using (Assert.EnterMultipleScope())
        {
            foreach (var weight in model.Weights.All.Values)
            {
                weight.Patch(weight.Original.add(randn_like(weight.Original)));
                Assert.That(Largest(model.Forward(input).sub(original)), Is.GreaterThan(1e-5), weight.Name);
                weight.Restore();
            }

            Assert.That(Largest(model.Forward(input).sub(original)), Is.Zero);
        }
    }

    [Test]
    public void Nothing_but_the_result_is_left_over([Values] bool watched)
    {
        var before = LiveTensors.Settled();
        using (var model = Seeded())
        {
            model.Weights.Hooks.Observer = watched ? static (_, _) => { } : null;
            var input = Input(Config, 2);
            var loaded = LiveTensors.Count();
            using var first = model.Forward(input);
            using var second = model.Forward(input);
            Assert.That(LiveTensors.Count(), Is.EqualTo(loaded + 2), "left over by the forward pass");
        }

        _scope.Dispose();
        Assert.That(LiveTensors.Count(), Is.EqualTo(before), "left over by the model");
    }

    [Test]
    public void Managed_memory_of_a_forward_pass_does_not_depend_on_the_width()
    {
        var narrow = ManagedBytes(Config);
        var wide = ManagedBytes(Config with { HeadWidth = 4 * Config.HeadWidth, RotaryAxes = new RotaryAxes(16, 24, 24), TextWidth = 4 * Config.TextWidth });
        TestContext.Out.WriteLine($"{narrow} and {wide} bytes");
        Assert.That(wide, Is.EqualTo(narrow).Within(5).Percent);
    }

    [Test]
    public void Inputs_that_do_not_fit_are_refused_with_every_fault()
    {
        using var model = Seeded();
        var input = Input(Config, 2);
        var broken = input with { HiddenStates = zeros(2, 6, 11), PooledProjections = input.PooledProjections.to(ScalarType.Float64), ImageIds = zeros(6, 2), Guidance = null };
        Assert.That(
            () => model.Forward(broken),
            Throws.ArgumentException.With.Message.Contains("HiddenStates is Float32 [2, 6, 11] but must be Float32 [2, 6, 12]")
                .And.Message.Contains("PooledProjections is Float64").And.Message.Contains("ImageIds is Float32 [6, 2]").And.Message.Contains("Guidance is missing"));
    }

    [Test]
    public void Guidance_is_refused_where_the_model_takes_none()
    {
        var config = Config with { GuidanceEmbeds = false };
        using var model = Seeded(config: config);
        Assert.That(
            () => model.Forward(Input(config, 1) with { Guidance = ones(1) }),
            Throws.ArgumentException.With.Message.Contains("Guidance is given"));
    }

    private static FluxTransformer2DModel Seeded(ScalarType type = ScalarType.Float32, FluxTransformerConfig? config = null) =>
        new(config ?? Config, WeightStore.Seeded(3, type, CPU));

    private static FluxInput Input(FluxTransformerConfig config, int members, ScalarType type = ScalarType.Float32)
    {
        const int Tokens = 6, Words = 4;
        using var random = new Generator(5);
        return new FluxInput
        {
            HiddenStates = Random(members, Tokens, config.InChannels),
            EncoderHiddenStates = Random(members, Words, config.TextWidth),
            PooledProjections = Random(members, config.PooledWidth),
            Timestep = tensor([0.83f, 0.27f]).narrow(0, 0, members),
            Guidance = config.GuidanceEmbeds ? tensor([3.5f, 1.5f]).narrow(0, 0, members) : null,
            ImageIds = stack([zeros(Tokens), arange(Tokens).div(3, RoundingMode.floor), arange(Tokens).remainder(3)], 1),
            TextIds = zeros(Words, 3),
        };

        Tensor Random(params long[] shape) => randn(shape, generator: random).to(type);
    }

    private static FluxInput Member(FluxInput input, int member) => input with
    {
        HiddenStates = input.HiddenStates.narrow(0, member, 1),
        EncoderHiddenStates = input.EncoderHiddenStates.narrow(0, member, 1),
        PooledProjections = input.PooledProjections.narrow(0, member, 1),
        Timestep = input.Timestep.narrow(0, member, 1),
        Guidance = input.Guidance!.narrow(0, member, 1),
    };

    private static long ManagedBytes(FluxTransformerConfig config)
    {
        using var model = Seeded(config: config);
        var input = Input(config, 2);
        Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        return GC.GetAllocatedBytesForCurrentThread() - before;

        void Run()
        {
            using var result = model.Forward(input);
        }
    }

    private static double Largest(Tensor tensor) => tensor.abs().max().to(ScalarType.Float64).item<double>();
}
