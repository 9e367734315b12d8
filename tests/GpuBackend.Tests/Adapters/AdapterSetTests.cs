using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Tests.ModelFiles;
using SimServe.GpuBackend.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Adapters;

public sealed class AdapterSetTests
{
    private TemporaryFolder _folder = null!;
    private WeightStore _store = null!;
    private AdapterSet _set = null!;
    private DisposeScope _scope = null!;

    [SetUp]
    public void MakeModel()
    {
        _scope = NewDisposeScope();
        _folder = new TemporaryFolder();
        _store = Model(ScalarType.Float32);
        _set = new AdapterSet(_store);
    }

    [TearDown]
    public void RemoveModel()
    {
        _store.Dispose();
        _scope.Dispose();
        _folder.Remove();
    }

    [Test]
    public void A_linear_weight_gains_the_scaled_product()
    {
        using var adapter = Adapter("a", Noise(1, 2, 5), Noise(2, 4, 2), alpha: 3);
        _set.Apply([(adapter, 0.5)]);
        AssertNear("linear", Exact("linear").add(Noise(2, 4, 2).to(ScalarType.Float64).matmul(Noise(1, 2, 5).to(ScalarType.Float64)).mul(0.5 * 3 / 2)));
    }

    [Test]
    public void A_convolution_gains_what_the_two_convolutions_in_a_row_compute()
    {
        var (down, up) = (Noise(1, 2, 3, 3, 3), Noise(2, 4, 2, 1, 1));
        using var adapter = Adapter("a", down, up, module: "conv");
        var image = Noise(3, 1, 3, 6, 6);
        var expected = nn.functional.conv2d(image, Original("conv")).add(nn.functional.conv2d(nn.functional.conv2d(image, down), up).mul(2));
        _set.Apply([(adapter, 2)]);
        Assert.That(nn.functional.conv2d(image, Value("conv")).sub(expected).abs().max().ToDouble(), Is.LessThan(1e-4).And.Not.NaN);
    }

    [TestCase("linear", true)]
    [TestCase("pointwise", false)]
    public void Linear_layers_and_pointwise_convolutions_take_each_others_matrices(string module, bool asConvolution)
    {
        var (down, up) = (Noise(1, 2, 5), Noise(2, 4, 2));
        using var adapter = asConvolution
            ? Adapter("a", down.reshape(2, 5, 1, 1), up.reshape(4, 2, 1, 1), module: module)
            : Adapter("a", down, up, module: module);
        _set.Apply([(adapter, 1)]);
        AssertNear(module, Exact(module).reshape(4, 5).add(up.matmul(down)).reshape(Original(module).shape));
    }

    [Test]
    public void Several_adapters_add_up_and_a_new_set_starts_from_the_originals()
    {
        using var a = Adapter("a", Noise(1, 2, 5), Noise(2, 4, 2));
        using var b = Adapter("b", Noise(3, 3, 5), Noise(4, 4, 3));
        _set.Apply([(b, 7)]);
        _set.Apply([(a, 0.7), (b, -0.4)]);
        var both = Exact("linear").add(Noise(2, 4, 2).matmul(Noise(1, 2, 5)).mul(0.7)).sub(Noise(4, 4, 3).matmul(Noise(3, 3, 5)).mul(0.4));
        AssertNear("linear", both);
        using var other = Adapter("c", Noise(1, 2, 3, 3, 3), Noise(2, 4, 2, 1, 1), module: "conv");
        _set.Apply([(other, 1)]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_store.All["linear.weight"].IsPatched, Is.False);
            Assert.That(_store.All["conv.weight"].IsPatched);
            Assert.That((_set.ChangedWeights, _set.ChangedBytes), Is.EqualTo((1, 4L * 3 * 9 * 4)));
        }
    }

    [Test]
    public void The_sum_is_rounded_once_to_the_type_of_the_weight()
    {
        using var half = Model(ScalarType.BFloat16);
        using var a = Adapter("a", Noise(1, 2, 5), Noise(2, 4, 2));
        using var b = Adapter("b", Noise(3, 3, 5).to(ScalarType.Float16), Noise(4, 4, 3).to(ScalarType.BFloat16));
        new AdapterSet(half).Apply([(a, 0.7), (b, -0.4)]);
        var original = half.All["linear.weight"].Original.to(ScalarType.Float64);
        var (down, up) = (Noise(3, 3, 5).to(ScalarType.Float16).to(ScalarType.Float64), Noise(4, 4, 3).to(ScalarType.BFloat16).to(ScalarType.Float64));
        var first = Noise(2, 4, 2).to(ScalarType.Float64).matmul(Noise(1, 2, 5).to(ScalarType.Float64));
        var exact = original.add(first.mul(0.7)).sub(up.matmul(down).mul(0.4));
        var value = half.All["linear.weight"].Value;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(value.dtype, Is.EqualTo(ScalarType.BFloat16));
            Assert.That(value.eq(exact.to(ScalarType.BFloat16)).all().ToBoolean());
            Assert.That(value.eq(original.to(ScalarType.BFloat16)).any().ToBoolean(), Is.False, "every element changes");
        }
    }

    [Test]
    public void Removed_adapters_leave_the_very_tensors()
    {
        var original = _store.All["linear.weight"].Value;
        using (var adapter = Adapter("a", Noise(1, 2, 5), Noise(2, 4, 2)))
        {
            _set.Apply([(adapter, 1)]);
        }

        Assert.That(Value("linear").eq(original).all().ToBoolean(), Is.False, "the change stays when the file is closed");
        _set.Remove();
        _set.Remove();
        Assert.That(Value("linear"), Is.SameAs(original));
    }

    [Test]
    public void Scale_zero_and_no_adapters_change_nothing()
    {
        using var adapter = Adapter("a", Noise(1, 2, 5), Noise(2, 4, 2));
        _set.Apply([(adapter, 1)]);
        _set.Apply([(adapter, 0)]);
        Assert.That(_set.ChangedWeights, Is.Zero);
        _set.Apply([(adapter, 1)]);
        _set.Apply([]);
        Assert.That(Value("linear"), Is.SameAs(Original("linear")));
    }

    [Test]
    public void Applying_twice_gives_the_same_bits()
    {
        using var a = Adapter("a", Noise(1, 2, 5), Noise(2, 4, 2));
        using var b = Adapter("b", Noise(3, 3, 5), Noise(4, 4, 3));
        _set.Apply([(a, 0.3), (b, 0.9)]);
        var first = Value("linear").clone();
        _set.Apply([(b, 1)]);
        _set.Apply([(a, 0.3), (b, 0.9)]);
        Assert.That(Value("linear").eq(first).all().ToBoolean());
    }

    [TestCase("nothing", 5, 4, "no module \"nothing\"")]
    [TestCase("linear", 6, 4, "do not fit linear.weight [4, 5]")]
    [TestCase("linear", 5, 3, "do not fit linear.weight [4, 5]")]
    [TestCase("conv", 3, 4, "do not fit conv.weight [4, 3, 3, 3]")]
    public void An_adapter_of_another_model_is_refused_and_nothing_changes(string module, int inputs, int outputs, string part)
    {
        using var good = Adapter("a", Noise(1, 2, 5), Noise(2, 4, 2));
        using var bad = Adapter("bad", Noise(1, 2, inputs), Noise(2, outputs, 2), module: module);
        _set.Apply([(good, 1)]);
        var before = Value("linear");
        Assert.That(
            () => _set.Apply([(good, 2), (bad, 1)]),
            Throws.TypeOf<ModelFileException>().With.Message.Contains(part).And.Message.Contains("bad.safetensors").And.Message.Contains($"\"unet.{module}.lora_A.weight\""));
        Assert.That(Value("linear"), Is.SameAs(before));
    }

    [Test]
    public void An_adapter_for_a_text_encoder_needs_one()
    {
        using var text = Model(ScalarType.Float32);
        using var adapter = Adapter("a", Noise(1, 2, 5), Noise(2, 4, 2), prefix: "text_encoder_2.");
        Assert.That(() => _set.Apply([(adapter, 1)]), Throws.TypeOf<ModelFileException>().With.Message.Contains("TextEncoder2").And.Message.Contains("text_encoder_2.linear"));
        new AdapterSet(_store, textEncoder2: text).Apply([(adapter, 1)]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(text.All["linear.weight"].IsPatched);
            Assert.That(_store.All["linear.weight"].IsPatched, Is.False);
        }
    }

    [Test]
    public void A_file_that_names_a_module_twice_is_refused()
    {
        SafetensorsWriter.Write(_folder.At("twice.safetensors"), new Dictionary<string, Tensor>
        {
            ["unet.linear.lora_A.weight"] = Noise(1, 2, 5), ["unet.linear.lora_B.weight"] = Noise(2, 4, 2),
            ["lora_unet_linear.lora_down.weight"] = Noise(1, 2, 5), ["lora_unet_linear.lora_up.weight"] = Noise(2, 4, 2),
        });
        using var adapter = LoraFile.Open(_folder.At("twice.safetensors"));
        Assert.That(() => _set.Apply([(adapter, 1)]), Throws.TypeOf<ModelFileException>().With.Message.Contains("are both for linear.weight"));
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void A_scale_must_be_finite(double scale)
    {
        using var adapter = Adapter("a", Noise(1, 2, 5), Noise(2, 4, 2));
        Assert.That(() => _set.Apply([(adapter, scale)]), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private static WeightStore Model(ScalarType type) => AdapterCase.Model(type);

    private static Tensor Noise(int seed, params long[] shape) => AdapterCase.Noise(seed, shape);

    private LoraAdapter Adapter(string name, Tensor down, Tensor up, double? alpha = null, string module = "linear", string prefix = "unet.") =>
        AdapterCase.Adapter(_folder, name, down, up, alpha, module, prefix);

    private Tensor Value(string module) => _store.All[module + ".weight"].Value;

    private Tensor Original(string module) => _store.All[module + ".weight"].Original;

    private Tensor Exact(string module) => Original(module).to(ScalarType.Float64);

    private void AssertNear(string module, Tensor expected) =>
        Assert.That(Value(module).to(ScalarType.Float64).sub(expected).abs().max().ToDouble(), Is.LessThan(1e-6).And.Not.NaN);
}
