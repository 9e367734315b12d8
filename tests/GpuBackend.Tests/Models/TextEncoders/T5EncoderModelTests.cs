using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Published;
using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Models.TextEncoders;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class T5EncoderModelTests : IDisposable
{
    private readonly IDisposable _mode = inference_mode();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _mode.Dispose();
    }

    [Test]
    public void The_published_model_has_its_parameters()
    {
        using var model = new T5EncoderModel(T5EncoderConfig.Read(PublishedConfigs.Read("t5-xxl-text-encoder")), WeightStore.Counted());
        Assert.That(model.Weights.ParameterCount, Is.EqualTo(4_762_310_656));
    }

    [Test]
    public void The_output_has_the_model_s_type_and_is_near_that_of_float32([Values(ScalarType.BFloat16, ScalarType.Float16)] ScalarType type)
    {
        using var exact = Model(ScalarType.Float32);
        using var model = Model(type);
        var (want, got) = (exact.Forward(Ids).LastHiddenState, model.Forward(Ids, ones(1, 4, dtype: ScalarType.Int64)).LastHiddenState);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(got.dtype, Is.EqualTo(type));
            Assert.That(Distance.Between(got, want), Is.LessThan(type == ScalarType.BFloat16 ? 0.2 : 0.02));
        }
    }

    [Test]
    public void A_float16_model_survives_feed_forward_sums_beyond_float16()
    {
        const double Beyond = 100_000;
        using var exact = Model(ScalarType.Float32);
        using var model = Model(ScalarType.Float16);
        foreach (var store in new[] { exact.Weights, model.Weights })
        {
            var weight = store.All["encoder.block.0.layer.1.DenseReluDense.wo.weight"];
            weight.Patch(weight.Original.mul(50_000));
        }

        var want = exact.Forward(Ids, keepHiddenStates: true);
        Assert.That(want.HiddenStates[1].abs().max().ToDouble(), Is.GreaterThan(Beyond), "the test's own premise");
        Assert.That(Distance.Between(model.Forward(Ids).LastHiddenState, want.LastHiddenState), Is.LessThan(0.02));
    }

    [Test]
    public void A_masked_token_changes_nothing_elsewhere()
    {
        using var model = Model(ScalarType.Float32);
        var mask = tensor(new long[] { 1, 1, 1, 0 }).unsqueeze(0);
        var other = tensor(new long[] { 3, 1, 4, 9 }).unsqueeze(0);
        var (first, second) = (model.Forward(Ids, mask).LastHiddenState, model.Forward(other, mask).LastHiddenState);
        Assert.That(Distance.Between(first.narrow(1, 0, 3), second.narrow(1, 0, 3)), Is.LessThan(1e-6));
    }

    [Test]
    public void The_table_of_tokens_may_have_either_name_or_both([Values("shared", "encoder.embed_tokens", "both")] string name)
    {
        const string Table = "shared.weight";
        const string Alias = "encoder.embed_tokens.weight";
        var file = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"t5-{name}.safetensors");
        using var seeded = Model(ScalarType.Float32);
        var tensors = seeded.Weights.All.ToDictionary(static weight => weight.Key, static weight => weight.Value.Value);
        if (name != "shared")
        {
            tensors.Add(Alias, tensors[Table].clone());
        }

        if (name == "encoder.embed_tokens")
        {
            tensors.Remove(Table);
        }

        SafetensorsWriter.Write(file, tensors);
        using (var loaded = new T5EncoderModel(Config, WeightStore.Open(file, ScalarType.Float32, CPU)))
        {
            Assert.That(Distance.Between(loaded.Forward(Ids).LastHiddenState, seeded.Forward(Ids).LastHiddenState), Is.Zero);
        }

        File.Delete(file);
    }

    [Test]
    public void Forward_leaves_nothing_behind_but_its_outputs()
    {
        using var model = Model(ScalarType.Float32);
        var ids = Ids;
        var before = _scope.DisposablesCount;
        _ = model.Forward(ids, keepHiddenStates: true);
        Assert.That(_scope.DisposablesCount, Is.EqualTo(before + 3), "the input of two layers and the normed output");
    }

    private static T5EncoderConfig Config => T5EncoderConfig.Read(ConfigFile.Parse("tiny", """
        {"vocab_size": 20, "d_model": 16, "d_kv": 4, "d_ff": 24, "num_layers": 2, "num_heads": 3, "feed_forward_proj": "gated-gelu"}
        """));

    private static Tensor Ids => tensor(new long[] { 3, 1, 4, 1 }).unsqueeze(0);

    private static T5EncoderModel Model(ScalarType type) => new(Config, WeightStore.Seeded(6, type, CPU));
}
