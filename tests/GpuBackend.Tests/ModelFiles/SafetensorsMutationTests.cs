using CsCheck;
using SimServe.GpuBackend.ModelFiles;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.ModelFiles;

/// <summary>Damaged files are read or refused; nothing else ever happens.</summary>
public sealed class SafetensorsMutationTests
{
    private const int Mutants = 4000;

    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void RemoveFolder() => _folder.Remove();

    private static Gen<Func<byte[], byte[]>> Mutation { get; } = Gen.OneOf(
        Gen.Select(Gen.Int[0, 10_000], Gen.Byte, static (at, value) => (Func<byte[], byte[]>)(bytes => Set(bytes, at, value))),
        Gen.Select(Gen.Int[0, 10_000], Gen.Int[0, 7], static (at, bit) => (Func<byte[], byte[]>)(bytes => Flip(bytes, at, bit))),
        Gen.Int[0, 10_000].Select(static at => (Func<byte[], byte[]>)(bytes => bytes[..(at % (bytes.Length + 1))])),
        Gen.Select(Gen.Int[0, 10_000], Gen.Int[1, 40], static (at, count) => (Func<byte[], byte[]>)(bytes => Repeat(bytes, at, count))),
        Gen.Select(Gen.Int[0, 10_000], Gen.Int[1, 40], static (at, count) => (Func<byte[], byte[]>)(bytes => Remove(bytes, at, count))),
        // Digits and signs hit sizes and offsets, which a random byte seldom does.
        Gen.Select(Gen.Int[0, 10_000], Gen.Char["0123456789-.eE[]{}:,\""], static (at, letter) => (Func<byte[], byte[]>)(bytes => Set(bytes, at, (byte)letter))));

    [Test]
    public void A_damaged_file_is_read_or_refused()
    {
        var original = Original();
        var (read, refused) = (0, 0);
        Mutation.Array[1, 4].Sample(
            mutations =>
            {
                var path = _folder.Write("mutant.safetensors", mutations.Aggregate(original, static (bytes, mutation) => mutation(bytes)));
                if (Opens(path))
                {
                    read++;
                }
                else
                {
                    refused++;
                }
            },
            iter: Mutants,
            threads: 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(read, Is.Positive, "mutants that are still sound");
            Assert.That(refused, Is.GreaterThan(Mutants / 2));
        }
    }

    private static bool Opens(string path)
    {
        try
        {
            using var scope = NewDisposeScope();
            using var file = SafetensorsFile.Open(path);
            foreach (var name in file.Tensors.Keys)
            {
                _ = file.Read(name).to(ScalarType.Float64).sum().ToDouble();
            }

            return true;
        }
        catch (ModelFileException fault)
        {
            Assert.That(fault.Message, Does.Contain(path));
            return false;
        }
    }

    private byte[] Original()
    {
        using var scope = NewDisposeScope();
        var path = _folder.At("original.safetensors");
        SafetensorsWriter.Write(
            path,
            new Dictionary<string, Tensor>
            {
                ["scalar"] = tensor(1.5), ["layer.weight"] = arange(6, dtype: ScalarType.Float32).reshape(2, 3), ["empty"] = empty(0, 5),
                ["half"] = ones(5, dtype: ScalarType.BFloat16), ["ids"] = arange(3, dtype: ScalarType.Int64), ["flags"] = ones(3, dtype: ScalarType.Bool),
            },
            new Dictionary<string, string> { ["format"] = "pt" });
        return File.ReadAllBytes(path);
    }

    private static byte[] Set(byte[] bytes, int at, byte value)
    {
        byte[] copy = [.. bytes];
        if (copy.Length > 0)
        {
            copy[at % copy.Length] = value;
        }

        return copy;
    }

    private static byte[] Flip(byte[] bytes, int at, int bit) => bytes.Length == 0 ? bytes : Set(bytes, at, (byte)(bytes[at % bytes.Length] ^ (1 << bit)));

    private static byte[] Repeat(byte[] bytes, int at, int count)
    {
        var (first, last) = Range(bytes, at, count);
        return [.. bytes[..last], .. bytes[first..]];
    }

    private static byte[] Remove(byte[] bytes, int at, int count)
    {
        var (first, last) = Range(bytes, at, count);
        return [.. bytes[..first], .. bytes[last..]];
    }

    private static (int First, int Last) Range(byte[] bytes, int at, int count)
    {
        var first = at % (bytes.Length + 1);
        return (first, Math.Min(bytes.Length, first + count));
    }
}
