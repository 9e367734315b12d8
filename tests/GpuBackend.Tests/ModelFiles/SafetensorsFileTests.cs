using System.Buffers.Binary;
using System.Globalization;
using SimServe.GpuBackend.ModelFiles;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.ModelFiles;

public sealed class SafetensorsFileTests
{
    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void RemoveFolder() => _folder.Remove();

    [Test]
    public void A_file_cut_at_any_length_is_refused_by_name()
    {
        using var values = arange(6, dtype: ScalarType.Float32);
        SafetensorsWriter.Write(_folder.At("whole.safetensors"), new Dictionary<string, Tensor> { ["a"] = values, ["b"] = values });
        var whole = File.ReadAllBytes(_folder.At("whole.safetensors"));
        using (Assert.EnterMultipleScope())
        {
            for (var length = 0; length < whole.Length; length++)
            {
                var cut = _folder.Write("cut.safetensors", whole[..length]);
                Assert.That(() => SafetensorsFile.Open(cut), Throws.TypeOf<ModelFileException>().With.Message.Contains(cut), $"{length} bytes");
            }
        }
    }

    [TestCase(90_000_000UL)]
    [TestCase(100_000_001UL)]
    [TestCase(1UL << 62)]
    [TestCase(ulong.MaxValue)]
    public void A_header_length_that_the_file_lacks_is_refused_without_reserving_it(ulong claimed)
    {
        var content = new byte[100];
        BinaryPrimitives.WriteUInt64LittleEndian(content, claimed);
        content[8] = (byte)'{';
        var path = _folder.Write("claims.safetensors", content);
        AssertRefusedInLittleMemory(path, $"claims {claimed} bytes");
    }

    [Test]
    public void A_tensor_that_claims_more_than_the_file_is_refused_without_reserving_it()
    {
        var path = _folder.WriteSafetensors("huge.safetensors", """{"a": {"dtype": "F32", "shape": [1000000000], "data_offsets": [0, 4000000000]}}""", 8);
        AssertRefusedInLittleMemory(path, "\"a\" ends at byte 4000000000");
    }

    [Test]
    public void A_header_longer_than_the_format_allows_is_refused_although_the_file_has_it()
    {
        var path = _folder.At("long.safetensors");
        using (var stream = File.Create(path))
        {
            stream.Write(BitConverter.GetBytes(100_000_001UL));
            // Sparse: takes no space on the disk.
            stream.SetLength(100_000_100);
        }

        AssertRefusedInLittleMemory(path, "claims 100000001 bytes");
    }

    [Test]
    public void A_missing_file_a_folder_and_an_unreadable_path_are_named()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => SafetensorsFile.Open(_folder.At("none.safetensors")), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("none.safetensors"));
            Assert.That(() => SafetensorsFile.Open(_folder.Location), Throws.TypeOf<FileNotFoundException>());
            Assert.That(() => SafetensorsFile.Open("/dev/null"), Throws.TypeOf<ModelFileException>().With.Message.Contains("/dev/null"));
        }
    }

    [Test]
    public void A_file_without_tensors_keeps_its_metadata()
    {
        using var file = SafetensorsFile.Open(_folder.WriteSafetensors("bare.safetensors", """{"__metadata__": {"format": "pt", "": "\ud83d\ude00"}}""", 0));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(file.Tensors, Is.Empty);
            Assert.That(file.Metadata, Is.EquivalentTo(new Dictionary<string, string> { ["format"] = "pt", [""] = "😀" }));
        }
    }

    [Test]
    public void Elements_across_word_borders_are_copied_to_proper_ones()
    {
        const string Header = """{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}""";
        foreach (var padding in Enumerable.Range(0, 8))
        {
            using var file = SafetensorsFile.Open(_folder.WriteSafetensors("odd.safetensors", Header + new string(' ', padding), 8));
            using var read = file.Read("a");
            // The bytes are 7, 6, ..., 0.
            Assert.That(read.data<float>().ToArray().Select(BitConverter.SingleToInt32Bits), Is.EqualTo(new[] { 0x04050607, 0x00010203 }));
            Assert.That(Address(read) % 4, Is.Zero);
        }
    }

    [Test]
    public void Empty_tensors_scalars_and_64_dimensions_are_read()
    {
        var ones = string.Join(", ", Enumerable.Repeat("1", 63));
        using var file = SafetensorsFile.Open(_folder.WriteSafetensors(
            "shapes.safetensors",
            $$$"""{"e": {"dtype": "I64", "shape": [4, 0, 7], "data_offsets": [0, 0]}, "s": {"dtype": "U8", "shape": [], "data_offsets": [0, 1]}, "d": {"dtype": "U8", "shape": [{{{ones}}}, 2], "data_offsets": [1, 3]}}""",
            3));
        using var empty = file.Read("e");
        using var scalar = file.Read("s");
        using var deep = file.Read("d");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((empty.dtype, empty.numel()), Is.EqualTo((ScalarType.Int64, 0L)));
            Assert.That(empty.shape, Is.EqualTo(new long[] { 4, 0, 7 }));
            Assert.That((scalar.dim(), scalar.ToByte()), Is.EqualTo((0L, (byte)2)));
            Assert.That(deep.dim(), Is.EqualTo(64));
            Assert.That(deep.reshape(-1).data<byte>().ToArray(), Is.EqualTo(new byte[] { 1, 0 }));
        }
    }

    [Test]
    public void Reading_copies_nothing_and_writing_to_a_tensor_leaves_the_file()
    {
        using var source = arange(1 << 20, dtype: ScalarType.Float32);
        var path = _folder.At("large.safetensors");
        SafetensorsWriter.Write(path, new Dictionary<string, Tensor> { ["a"] = source });
        var before = File.ReadAllBytes(path);
        using var file = SafetensorsFile.Open(path);
        using var one = file.Read("a");
        using var two = file.Read("a");
        one.fill_(7);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Address(one), Is.EqualTo(Address(two)));
            Assert.That(Mappings(path).Any(mapping => Address(one) >= mapping.First && Address(one) + (4 << 20) <= mapping.Last));
            Assert.That(two[12345].ToSingle(), Is.EqualTo(7));
            Assert.That(File.ReadAllBytes(path).AsSpan().SequenceEqual(before));
        }
    }

    [Test]
    public void Others_may_read_and_replace_the_file_while_it_is_open()
    {
        using var ones = torch.ones(3);
        using var twos = torch.full(3, 2.0f);
        var path = _folder.At("shared.safetensors");
        SafetensorsWriter.Write(path, new Dictionary<string, Tensor> { ["a"] = ones });
        using var file = SafetensorsFile.Open(path);
        using var again = SafetensorsFile.Open(path);
        using (var plain = File.OpenRead(path))
        {
            Assert.That(plain.ReadByte(), Is.Not.Negative);
        }

        SafetensorsWriter.Write(path, new Dictionary<string, Tensor> { ["a"] = twos });
        using var replaced = SafetensorsFile.Open(path);
        using var old = file.Read("a");
        using var current = replaced.Read("a");
        Assert.That((old[0].ToSingle(), current[0].ToSingle()), Is.EqualTo((1f, 2f)));
    }

    [Test]
    public void Read_names_a_tensor_that_is_not_there_and_refuses_after_disposal()
    {
        var path = _folder.WriteSafetensors("one.safetensors", """{"a": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}}""", 1);
        var file = SafetensorsFile.Open(path);
        Assert.That(() => file.Read("b"), Throws.TypeOf<ModelFileException>().With.Message.Contains("\"b\"").And.Message.Contains(path));
        file.Dispose();
        file.Dispose();
        Assert.That(() => file.Read("a"), Throws.TypeOf<ObjectDisposedException>());
    }

    private static void AssertRefusedInLittleMemory(string path, string part)
    {
        Assert.That(() => SafetensorsFile.Open(path), Throws.TypeOf<ModelFileException>().With.Message.Contains(part).And.Message.Contains(path));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => SafetensorsFile.Open(path), Throws.TypeOf<ModelFileException>());
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1 << 20));
    }

    private static long Address(Tensor tensor) => (long)tensor.storage<float>().data_ptr();

    // Lines read "first-last rights offset device inode path", with hexadecimal addresses.
    private static IEnumerable<(long First, long Last)> Mappings(string path) => File.ReadLines("/proc/self/maps")
        .Where(line => line.EndsWith(path, StringComparison.Ordinal))
        .Select(static line => line.Split(' ')[0].Split('-'))
        .Select(static ends => (Hexadecimal(ends[0]), Hexadecimal(ends[1])));

    private static long Hexadecimal(string text) => long.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
