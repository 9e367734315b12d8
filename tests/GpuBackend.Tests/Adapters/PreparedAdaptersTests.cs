using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Tests.ModelFiles;
using SimServe.GpuBackend.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Adapters;

public sealed class PreparedAdaptersTests
{
    private TemporaryFolder _folder = null!;
    private WeightStore _store = null!;
    private WeightStore _text = null!;
    private AdapterSet _set = null!;
    private DisposeScope _scope = null!;

    private Weight Linear => _store.All["linear.weight"];

    [SetUp]
    public void MakeModel()
    {
        _scope = NewDisposeScope();
        _folder = new TemporaryFolder();
        (_store, _text) = (AdapterCase.Model(ScalarType.Float32), AdapterCase.Model(ScalarType.Float32));
        _set = new AdapterSet(_store, _text);
    }

    [TearDown]
    public void RemoveModel()
    {
        _store.Dispose();
        _text.Dispose();
        _scope.Dispose();
        _folder.Remove();
    }

    [Test]
    public void Nothing_changes_until_it_is_used_and_it_can_be_used_again_and_again()
    {
        var original = Linear.Value;
        using var a = Prepare(1, 0.7);
        using var b = Prepare(3, -0.4);
        Assert.That(Linear.Value, Is.SameAs(original), "preparing leaves the model alone");
        float[][] Values() => [.. new[] { a, b, null, a }.Select(prepared =>
        {
            _set.Use(prepared);
            return Numbers(Linear);
        })];
        var first = Values();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Values(), Is.EqualTo(first));
            Assert.That(first[3], Is.EqualTo(first[0]).And.Not.EqualTo(first[1]).And.Not.EqualTo(first[2]));
            Assert.That((_set.ChangedWeights, _set.ChangedBytes, a.ChangedWeights, a.Bytes), Is.EqualTo((1, 80, 1, 80)));
        }

        _set.Use(null);
        Assert.That(Linear.Value, Is.SameAs(original));
    }

    [Test]
    public void It_gives_the_bits_that_applying_gives()
    {
        using var a = Adapter(1);
        using var b = Adapter(3);
        _set.Apply([(a, 0.7), (b, -0.4)]);
        var applied = Numbers(Linear);
        using var prepared = _set.Prepare([(a, 0.7), (b, -0.4)]);
        _set.Use(prepared);
        Assert.That(Numbers(Linear), Is.EqualTo(applied));
    }

    [Test]
    public void Its_models_are_used_apart()
    {
        using var adapter = BothParts();
        using var prepared = _set.Prepare([(adapter, 1)]);
        using var text = _set.Prepare([(adapter, 1)], ModelPart.TextEncoder);
        bool[] Patched() => [Linear.IsPatched, _text.All["linear.weight"].IsPatched];
        using (Assert.EnterMultipleScope())
        {
            Assert.That((adapter.Changes(ModelPart.Denoiser), adapter.Changes(ModelPart.TextEncoder), adapter.Changes(ModelPart.TextEncoder2)), Is.EqualTo((true, true, false)));
            Assert.That((prepared.Changes(ModelPart.Denoiser), prepared.BytesOf(ModelPart.Denoiser), prepared.Bytes), Is.EqualTo((true, 80L, 160L)));
            Assert.That((text.Changes(ModelPart.Denoiser), text.Changes(ModelPart.TextEncoder), text.Bytes), Is.EqualTo((false, true, 80L)));
        }

        _set.Use(ModelPart.TextEncoder, prepared);
        Assert.That(Patched(), Is.EqualTo(new[] { false, true }));
        _set.Use(ModelPart.Denoiser, prepared);
        Assert.That(Patched(), Is.EqualTo(new[] { true, true }));
        _set.Use(ModelPart.TextEncoder, null);
        Assert.That(Patched(), Is.EqualTo(new[] { true, false }));
        _set.Use(text);
        Assert.That(Patched(), Is.EqualTo(new[] { false, true }), "what takes the whole place takes the denoiser's too");
    }

    [Test]
    public void A_part_that_is_left_out_is_checked_all_the_same()
    {
        using var adapter = AdapterCase.Adapter(_folder, "bad", AdapterCase.Noise(1, 2, 6), AdapterCase.Noise(2, 4, 2));
        Assert.That(() => _set.Prepare([(adapter, 1)], ModelPart.TextEncoder), Throws.TypeOf<ModelFileException>().With.Message.Contains("do not fit linear.weight [4, 5]"));
    }

    [Test]
    public void Models_that_share_weights_share_what_is_prepared_and_others_refuse_it()
    {
        using var twin = AdapterCase.Twin(_store);
        using var stranger = AdapterCase.Model(ScalarType.Float32);
        using var prepared = Prepare(1, 1);
        new AdapterSet(twin).Use(prepared);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((Linear.IsPatched, twin.All["linear.weight"].IsPatched), Is.EqualTo((false, true)));
            Assert.That(() => new AdapterSet(stranger).Use(prepared), Throws.ArgumentException.With.Message.Contains("other weights"));
            Assert.That(stranger.All["linear.weight"].IsPatched, Is.False);
        }
    }

    [Test]
    public void What_is_in_use_outlives_its_owner_and_what_is_disposed_cannot_be_used()
    {
        var prepared = Prepare(1, 1);
        _set.Use(prepared);
        var value = Numbers(Linear);
        prepared.Dispose();
        prepared.Dispose();
        Assert.That(Numbers(Linear), Is.EqualTo(value));
        Assert.That(() => _set.Use(prepared), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(Numbers(Linear), Is.EqualTo(value));
    }

    [Test]
    public void Nothing_is_left_behind()
    {
        using var adapter = Adapter(1);
        using var bad = Broken();
        var before = LiveTensors.Settled();
        for (var round = 0; round < 3; round++)
        {
            using var prepared = _set.Prepare([(adapter, 1)]);
            _set.Use(prepared);
            _set.Apply([(adapter, 2)]);
            Assert.That(() => _set.Prepare([(adapter, 1), (bad, 1)]), Throws.TypeOf<ModelFileException>());
            _set.Remove();
        }

        Assert.That(LiveTensors.Count(), Is.EqualTo(before));
    }

    [Test]
    public void A_file_with_numbers_that_are_none_is_refused_and_the_weights_are_as_they_were()
    {
        using var good = Adapter(1);
        using var bad = Broken();
        _set.Apply([(good, 1)]);
        var before = Linear.Value;
        Assert.That(
            () => _set.Apply([(good, 2), (bad, 1)]),
            Throws.TypeOf<ModelFileException>().With.Message.Contains("broken.safetensors").And.Message.Contains("unet.linear.lora_B.weight").And.Message.Contains("not finite"));
        Assert.That(Linear.Value, Is.SameAs(before));
    }

    [Test]
    public void Many_threads_prepare_while_another_uses_the_weights()
    {
        using var a = Adapter(1);
        using var b = Adapter(3);
        using var expected = _set.Prepare([(a, 1), (b, 0.5)]);
        _set.Use(expected);
        var numbers = Numbers(Linear);
        _set.Use(null);
        var original = Numbers(Linear);
        Parallel.For(0, 64, number =>
        {
            using var scope = NewDisposeScope();
            if (number % 4 == 0)
            {
                Assert.That(Numbers(Linear), Is.EqualTo(original));
                return;
            }

            using var twin = AdapterCase.Twin(_store);
            using var prepared = _set.Prepare([(a, 1), (b, 0.5)]);
            new AdapterSet(twin).Use(prepared);
            Assert.That(Numbers(twin.All["linear.weight"]), Is.EqualTo(numbers));
        });
    }

    private static float[] Numbers(Weight weight)
    {
        using var flat = weight.Value.reshape(-1);
        return flat.data<float>().ToArray();
    }

    private LoraAdapter Adapter(int seed) => AdapterCase.Adapter(_folder, $"a{seed}", AdapterCase.Noise(seed, 2, 5), AdapterCase.Noise(seed + 1, 4, 2));

    private LoraAdapter Broken()
    {
        var up = AdapterCase.Noise(2, 4, 2);
        up[1, 1] = float.NaN;
        return AdapterCase.Adapter(_folder, "broken", AdapterCase.Noise(1, 2, 5), up);
    }

    private LoraAdapter BothParts()
    {
        SafetensorsWriter.Write(_folder.At("both.safetensors"), new[] { "unet.", "text_encoder." }
            .SelectMany(static prefix => new[] { KeyValuePair.Create($"{prefix}linear.lora_A.weight", AdapterCase.Noise(1, 2, 5)), KeyValuePair.Create($"{prefix}linear.lora_B.weight", AdapterCase.Noise(2, 4, 2)) })
            .ToDictionary());
        return LoraFile.Open(_folder.At("both.safetensors"));
    }

    private PreparedAdapters Prepare(int seed, double scale)
    {
        using var adapter = Adapter(seed);
        return _set.Prepare([(adapter, scale)]);
    }
}
