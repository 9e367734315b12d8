using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Weights;

public sealed class WeightStoreTests
{
    private string _file = string.Empty;

    [SetUp]
    public void WriteFile()
    {
        _file = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid():N}.safetensors");
        using var weight = torch.arange(6, dtype: ScalarType.Float32).reshape(2, 3);
        using var bias = torch.ones(2);
        SafetensorsWriter.Write(_file, new Dictionary<string, Tensor> { ["layer.weight"] = weight, ["layer.bias"] = bias });
    }

    [TearDown]
    public void DeleteFile() => File.Delete(_file);

    [Test]
    public void A_layer_computes_with_the_weights_of_the_file()
    {
        using var store = WeightStore.Open(_file, ScalarType.Float32, CPU);
        var layer = new Linear(store.Root.Sub("layer"), 3, 2);
        store.Complete();
        using var input = torch.ones(1, 3);
        using var output = layer.Apply(input);
        Assert.That(output.data<float>().ToArray(), Is.EqualTo(new float[] { 4, 13 }));
    }

    [Test]
    public void Complete_names_every_missing_misshapen_and_left_over_tensor()
    {
        using var store = WeightStore.Open(_file, ScalarType.Float32, CPU);
        _ = new Linear(store.Root.Sub("layer"), 4, 2, bias: false);
        _ = new Linear(store.Root.Sub("other"), 1, 1, bias: false);
        Assert.That(
            () => store.Complete(),
            Throws.TypeOf<ModelFileException>().With.Message.Contains("\"layer.weight\" is Float32 [2, 3], but the model needs floating-point [2, 4]")
                .And.Message.Contains("\"other.weight\" is missing").And.Message.Contains("\"layer.bias\" belongs to no part").And.Message.Contains(_file));
    }

    [Test]
    public void Counted_weights_have_sizes_and_no_memory()
    {
        using var store = WeightStore.Counted();
        _ = new Linear(store.Root.Sub("layer"), 100_000, 200_000);
        Assert.That(store.ParameterCount, Is.EqualTo((100_000L * 200_000L) + 200_000L));
    }

    [Test]
    public void Restore_brings_the_original_back_exactly()
    {
        using var store = WeightStore.Open(_file, ScalarType.Float32, CPU);
        var layer = new Linear(store.Root.Sub("layer"), 3, 2);
        var weight = store.All["layer.weight"];
        using var input = torch.ones(1, 3);
        weight.Patch(weight.Original.add(1));
        using var patched = layer.Apply(input);
        weight.Restore();
        using var restored = layer.Apply(input);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(patched.data<float>().ToArray(), Is.EqualTo(new float[] { 7, 16 }));
            Assert.That(restored.data<float>().ToArray(), Is.EqualTo(new float[] { 4, 13 }));
        }
    }

    [Test]
    public void A_store_that_shares_has_the_same_originals_and_frees_none()
    {
        using var owner = WeightStore.Open(_file, ScalarType.Float32, CPU);
        _ = new Linear(owner.Root.Sub("layer"), 3, 2);
        using (var twin = WeightStore.Sharing(owner))
        {
            _ = new Linear(twin.Root.Sub("layer"), 3, 2);
            twin.Complete();
            var (own, shared) = (owner.All["layer.weight"], twin.All["layer.weight"]);
            shared.Patch(shared.Original.add(1));
            using (Assert.EnterMultipleScope())
            {
                Assert.That(shared.Original, Is.SameAs(own.Original));
                Assert.That(own.IsPatched, Is.False);
                Assert.That((twin.Type, twin.Device.type, twin.Bytes), Is.EqualTo((owner.Type, owner.Device.type, owner.Bytes)));
            }
        }

        Assert.That(owner.All["layer.weight"].Value.data<float>().ToArray(), Is.EqualTo(new float[] { 0, 1, 2, 3, 4, 5 }));
    }

    [Test]
    public void A_store_that_shares_has_only_what_its_owner_has()
    {
        using var owner = WeightStore.Open(_file, ScalarType.Float32, CPU);
        _ = new Linear(owner.Root.Sub("layer"), 3, 2);
        using var twin = WeightStore.Sharing(owner);
        _ = new Linear(twin.Root.Sub("layer"), 4, 2, bias: false);
        _ = new Linear(twin.Root.Sub("other"), 1, 1, bias: false);
        Assert.That(
            () => twin.Complete(),
            Throws.TypeOf<ModelFileException>().With.Message.Contains("\"layer.weight\" is [2, 3]").And.Message.Contains("\"other.weight\" is none of the weights that are shared").And.Message.Contains(_file));
    }

    [Test]
    public void A_value_that_is_shared_stays_its_owners_and_lives_as_long_as_either_needs_it()
    {
        using var store = WeightStore.Open(_file, ScalarType.Float32, CPU);
        _ = new Linear(store.Root.Sub("layer"), 3, 2);
        var weight = store.All["layer.weight"];
        using var value = torch.ones(2, 3);
        weight.Share(value);
        weight.Restore();
        Assert.That(value.sum().ToSingle(), Is.EqualTo(6), "restoring does not free it");
        var other = torch.ones(2, 3);
        weight.Share(other);
        other.Dispose();
        Assert.That(weight.Value.sum().ToSingle(), Is.EqualTo(6), "its owner letting go does not either");
        Assert.That(() => weight.Share(torch.ones(3, 2)), Throws.ArgumentException.With.Message.Contains("layer.weight must be Float32 [2, 3]"));
    }

    [Test]
    public void The_same_seed_makes_the_same_weights_whatever_else_is_taken()
    {
        using var one = WeightStore.Seeded(7, ScalarType.Float32, CPU);
        using var two = WeightStore.Seeded(7, ScalarType.Float32, CPU);
        _ = new Linear(two.Root.Sub("first"), 3, 2);
        _ = new Linear(one.Root.Sub("layer"), 3, 2);
        _ = new Linear(two.Root.Sub("layer"), 3, 2);
        Assert.That(one.All["layer.weight"].Value.eq(two.All["layer.weight"].Value).all().ToBoolean(), Is.True);
    }

    [Test]
    public void Weights_that_several_threads_make_are_the_same_twice_and_no_piece_is_another()
    {
        using var one = WeightStore.Seeded(7, ScalarType.Float32, CPU);
        using var two = WeightStore.Seeded(7, ScalarType.Float32, CPU);
        _ = new Linear(one.Root.Sub("large"), 2049, 2048);
        _ = new Linear(two.Root.Sub("large"), 2049, 2048);
        using var flat = one.All["large.weight"].Value.reshape(-1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(one.All["large.weight"].Value.eq(two.All["large.weight"].Value).all().ToBoolean(), Is.True);
            Assert.That(flat.std().ToSingle(), Is.EqualTo(1 / Math.Sqrt(2049)).Within(0.5).Percent);
            Assert.That(flat.narrow(0, 0, 1000).eq(flat.narrow(0, 1 << 20, 1000)).any().ToBoolean(), Is.False);
            Assert.That(flat.narrow(0, 2048 * 2049 - 10, 10).ne(0).all().ToBoolean(), Is.True, "the last piece is shorter");
        }
    }
}
