using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Published;
using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Models.TextEncoders;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ClipTextModelTests : IDisposable
{
    private const int End = 49;

    private readonly IDisposable _mode = inference_mode();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _mode.Dispose();
    }

    [TestCase("clip-l-text-encoder", 123_060_480)]
    [TestCase("openclip-h-text-encoder", 340_387_840)]
    [TestCase("openclip-bigg-text-encoder", 694_659_840)]
    public void Published_models_have_their_parameters(string name, long parameters)
    {
        using var model = new ClipTextModel(ClipTextConfig.Read(PublishedConfigs.Read(name)), WeightStore.Counted());
        Assert.That(model.Weights.ParameterCount, Is.EqualTo(parameters));
    }

    [Test]
    public void Outputs_have_the_model_s_type_and_are_near_those_of_float32([Values(ScalarType.BFloat16, ScalarType.Float16)] ScalarType type)
    {
        using var exact = Model(ScalarType.Float32);
        using var model = Model(type);
        var (want, got) = (exact.Forward(Ids(1, 2, 3, End)), model.Forward(Ids(1, 2, 3, End), ones(1, 4, dtype: ScalarType.Int64)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(got.HiddenStates.Append(got.LastHiddenState).Append(got.TextEmbeds!).Select(static output => output.dtype), Is.All.EqualTo(type));
            Assert.That(Distance.Between(got.LastHiddenState, want.LastHiddenState), Is.LessThan(type == ScalarType.BFloat16 ? 0.1 : 0.02));
            Assert.That(Distance.Between(got.TextEmbeds!, want.TextEmbeds!), Is.LessThan(type == ScalarType.BFloat16 ? 0.1 : 0.02));
        }
    }

    [Test]
    public void A_token_changes_nothing_before_it()
    {
        using var model = Model(ScalarType.Float32);
        var (first, second) = (model.Forward(Ids(1, 2, 3, 4)).LastHiddenState, model.Forward(Ids(1, 2, 30, 4)).LastHiddenState);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Distance.Between(first.narrow(1, 0, 2), second.narrow(1, 0, 2)), Is.LessThan(1e-6));
            Assert.That(Distance.Between(first.narrow(1, 3, 1), second.narrow(1, 3, 1)), Is.GreaterThan(1e-3));
        }
    }

    [Test]
    public void A_masked_token_changes_nothing_after_it()
    {
        using var model = Model(ScalarType.Float32);
        var mask = tensor(new long[] { 1, 0, 1, 1 }).unsqueeze(0);
        var (first, second) = (model.Forward(Ids(1, 2, 3, 4), mask).LastHiddenState, model.Forward(Ids(1, 20, 3, 4), mask).LastHiddenState);
        Assert.That(Distance.Between(first.narrow(1, 2, 2), second.narrow(1, 2, 2)), Is.LessThan(1e-6));
    }

    [TestCase(End, 2, Description = "the first end token")]
    [TestCase(2, 3, Description = "old configurations: the largest token")]
    [TestCase(17, 0, Description = "no end token in the text")]
    public void The_pooled_output_is_taken_at_the_end_token(int endToken, int place)
    {
        using var model = Model(ScalarType.Float32, endToken);
        var output = model.Forward(Ids(1, 5, End, 52, End, 0));
        Assert.That(Distance.Between(output.Pooled, output.LastHiddenState.select(1, place)), Is.Zero);
    }

    [Test]
    public void Hidden_states_count_from_the_end_before_the_final_norm()
    {
        using var model = Model(ScalarType.Float32);
        var output = model.Forward(Ids(1, 2, End));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(output.HiddenStates, Has.Count.EqualTo(3));
            Assert.That(Distance.Between(model.FinalNorm(output.FromEnd(0)), output.LastHiddenState), Is.Zero);
            Assert.That(output.FromEnd(1), Is.SameAs(output.HiddenStates[1]));
            Assert.That(() => output.FromEnd(3), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("2 layers"));
        }
    }

    [Test]
    public void A_text_longer_than_the_positions_is_refused()
    {
        using var model = Model(ScalarType.Float32);
        Assert.That(() => model.Forward(Ids(new long[9])), Throws.ArgumentException.With.Message.Contains("at most 8 tokens, not 9"));
    }

    [Test]
    public void The_positions_that_older_files_store_are_left_alone()
    {
        var file = Path.Combine(TestContext.CurrentContext.WorkDirectory, "clip-position-ids.safetensors");
        using var seeded = Model(ScalarType.Float32);
        var tensors = seeded.Weights.All.ToDictionary(static weight => weight.Key, static weight => weight.Value.Value);
        tensors.Add("text_model.embeddings.position_ids", arange(8, dtype: ScalarType.Int64).unsqueeze(0));
        SafetensorsWriter.Write(file, tensors);
        using (var loaded = new ClipTextModel(Config(End), WeightStore.Open(file, ScalarType.Float32, CPU)))
        {
            Assert.That(Distance.Between(loaded.Forward(Ids(1, 2, End)).LastHiddenState, seeded.Forward(Ids(1, 2, End)).LastHiddenState), Is.Zero);
        }

        File.Delete(file);
    }

    [Test]
    public void Forward_leaves_nothing_behind_but_its_outputs()
    {
        using var model = Model(ScalarType.Float32);
        var ids = Ids(1, 2, End);
        var before = _scope.DisposablesCount;
        _ = model.Forward(ids);
        Assert.That(_scope.DisposablesCount, Is.EqualTo(before + 6), "three hidden states, the normed one, pooled and projected");
    }

    private static ClipTextModel Model(ScalarType type, int endToken = End) => new(Config(endToken), WeightStore.Seeded(5, type, CPU));

    private static ClipTextConfig Config(int endToken) => ClipTextConfig.Read(ConfigFile.Parse("tiny", $$"""
        {"architectures": ["CLIPTextModelWithProjection"], "vocab_size": 53, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2,
         "num_attention_heads": 4, "max_position_embeddings": 8, "projection_dim": 6, "eos_token_id": {{endToken}}}
        """));

    private static Tensor Ids(params long[] ids) => tensor(ids).unsqueeze(0);
}
