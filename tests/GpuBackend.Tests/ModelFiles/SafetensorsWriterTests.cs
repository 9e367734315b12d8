using SimServe.GpuBackend.ModelFiles;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.ModelFiles;

public sealed class SafetensorsWriterTests
{
    private TemporaryFolder _folder = null!;

    private string File1 => _folder.At("a.safetensors");

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Remove();

    [TestCase(ScalarType.Bool)]
    [TestCase(ScalarType.Byte)]
    [TestCase(ScalarType.Int8)]
    [TestCase(ScalarType.Int16)]
    [TestCase(ScalarType.Int32)]
    [TestCase(ScalarType.Int64)]
    [TestCase(ScalarType.Float16)]
    [TestCase(ScalarType.BFloat16)]
    [TestCase(ScalarType.Float32)]
    [TestCase(ScalarType.Float64)]
    public void Every_type_survives_in_every_layout(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var table = arange(24, dtype: ScalarType.Float32).sub(9).reshape(4, 6).to(type);
        AssertSurvive(new()
        {
            ["table"] = table, ["transposed"] = table.t(), ["column"] = table.select(1, 3), ["every second"] = table.slice(1, 0, 6, 2), ["rows"] = table.narrow(0, 2, 2),
            ["broadcast"] = table.narrow(0, 1, 1).expand(3, 6), ["scalar"] = table[2, 5], ["empty"] = table.narrow(0, 0, 0),
        });
    }

    [Test]
    public void Special_values_survive_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        int[] bits = [0x7fc00001, unchecked((int)0xff800000), unchecked((int)0x80000000), 1, 0x7f7fffff];
        SafetensorsWriter.Write(File1, new Dictionary<string, Tensor> { ["a"] = tensor(bits.Select(BitConverter.Int32BitsToSingle).ToArray()) });
        using var file = SafetensorsFile.Open(File1);
        Assert.That(file.Read("a").data<float>().ToArray().Select(BitConverter.SingleToInt32Bits), Is.EqualTo(bits));
    }

    [Test]
    public void Names_and_metadata_survive_whatever_their_letters()
    {
        using var scope = NewDisposeScope();
        string[] texts = ["", "a\"b\\c", "line\nbreak\t\0", "größe 日本 😀", "<&'>", new string('n', 5000)];
        var metadata = texts.ToDictionary(static text => text, static text => text + "!");
        SafetensorsWriter.Write(File1, texts.ToDictionary(static text => text, static text => ones(text.Length)), metadata);
        using var file = SafetensorsFile.Open(File1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(file.Metadata, Is.EquivalentTo(metadata));
            Assert.That(file.Tensors.Keys, Is.EquivalentTo(texts));
        }
    }

    [Test]
    public void The_same_tensors_give_the_same_bytes_in_whatever_order_they_come()
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors = new() { ["b"] = ones(2), ["a"] = ones(3, dtype: ScalarType.Int8), ["c"] = ones(1, dtype: ScalarType.Float64), ["B"] = zeros(2) };
        SafetensorsWriter.Write(File1, tensors, new Dictionary<string, string> { ["x"] = "1", ["y"] = "2" });
        SafetensorsWriter.Write(_folder.At("b.safetensors"), tensors.Reverse().ToDictionary(), new Dictionary<string, string> { ["y"] = "2", ["x"] = "1" });
        using var file = SafetensorsFile.Open(File1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(File.ReadAllBytes(_folder.At("b.safetensors")).AsSpan().SequenceEqual(File.ReadAllBytes(File1)));
            Assert.That(file.Tensors.Values.OrderBy(static entry => entry.Begin).Select(static entry => entry.Name), Is.EqualTo(["c", "B", "b", "a"]));
        }
    }

    [Test]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(File1, new Dictionary<string, Tensor> { ["a"] = ones(2) });
        var before = File.ReadAllBytes(File1);
        // The first tensor is written before the second turns out to have no values.
        Dictionary<string, Tensor> failing = new() { ["a"] = ones(4), ["b"] = empty(4, device: META) };
        Assert.That(() => SafetensorsWriter.Write(File1, failing), Throws.Exception);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(File.ReadAllBytes(File1), Is.EqualTo(before));
            Assert.That(Directory.GetFileSystemEntries(_folder.Location), Is.EqualTo([File1]));
        }
    }

    [Test]
    public void What_the_format_cannot_hold_is_refused_before_anything_is_written()
    {
        using var scope = NewDisposeScope();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Write("a", complex()), Throws.TypeOf<NotSupportedException>().With.Message.Contains("Complex"));
            Assert.That(() => Write("__metadata__", ones(1)), Throws.InstanceOf<ArgumentException>());
            Assert.That(() => Write("half \ud800", ones(1)), Throws.InstanceOf<ArgumentException>());
            Assert.That(() => SafetensorsWriter.Write(File1, new Dictionary<string, Tensor>(), new Dictionary<string, string> { ["x"] = "\udc00" }), Throws.InstanceOf<ArgumentException>());
            Assert.That(Directory.GetFileSystemEntries(_folder.Location), Is.Empty);
        }

        static Tensor complex() => zeros(1, dtype: ScalarType.ComplexFloat32);
    }

    [Test]
    public void A_tensor_of_several_pieces_survives()
    {
        using var scope = NewDisposeScope();
        AssertSurvive(new() { ["a"] = arange(17L << 20, dtype: ScalarType.Int32).reshape(17, -1).t() });
    }

    private void Write(string name, Tensor tensor) => SafetensorsWriter.Write(File1, new Dictionary<string, Tensor> { [name] = tensor });

    private void AssertSurvive(Dictionary<string, Tensor> tensors)
    {
        SafetensorsWriter.Write(File1, tensors);
        using var file = SafetensorsFile.Open(File1);
        using (Assert.EnterMultipleScope())
        {
            foreach (var (name, tensor) in tensors)
            {
                var read = file.Read(name);
                Assert.That(read.dtype, Is.EqualTo(tensor.dtype), name);
                Assert.That(read.shape, Is.EqualTo(tensor.shape), name);
                Assert.That(read.eq(tensor).all().ToBoolean(), name);
            }
        }
    }
}
