using SimServe.GpuBackend.Native;

namespace SimServe.GpuBackend.Tests.Native;

public sealed class ElfSymbolsTests
{
    private string _folder = string.Empty;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("simserve-elf-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void The_bridge_defines_what_TorchSharp_calls_and_needs_what_libtorch_defines()
    {
        var symbols = ElfSymbols.Read(ElfVersionNeedsTests.RealPath());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(symbols.Defined, Does.Contain("THSTensor_matmul"));
            Assert.That(symbols.Needed, Has.Some.StartsWith("_ZN2at"));
            Assert.That(symbols.Needed, Does.Not.Contain("THSTensor_matmul"));
            Assert.That(symbols.Defined.Intersect(symbols.Needed), Is.Empty);
        }
    }

    [Test]
    public void The_bridge_finds_every_function_in_the_libraries_that_were_loaded()
    {
        var torch = LibTorch.Load();
        Assert.That(BridgeCompatibility.Missing(torch.Bridge, LoadedLibraries.Paths()), Is.Empty);
    }

    [Test]
    public void Without_libtorch_its_functions_are_missing()
    {
        var torch = LibTorch.Load();
        var missing = BridgeCompatibility.Missing(torch.Bridge, LoadedLibraries.Paths().Where(static path => !path.Contains("torch", StringComparison.Ordinal)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(missing, Has.Some.StartsWith("_ZN2at"));
            Assert.That(missing, Is.Ordered.Using((IComparer<string>)StringComparer.Ordinal));
            Assert.That(missing, Does.Not.Contain("malloc"), "the C library is still there");
        }
    }

    [Test]
    public void A_library_that_cannot_be_read_defines_nothing()
    {
        var broken = Path.Combine(_folder, "libbroken.so");
        File.WriteAllText(broken, "not a library");
        Assert.That(BridgeCompatibility.Missing(ElfVersionNeedsTests.RealPath(), [broken]), Has.Count.EqualTo(ElfSymbols.Read(ElfVersionNeedsTests.RealPath()).Needed.Distinct().Count() - 1), "all but the symbol that nobody looks up");
    }

    [TestCase(0, "cut short")]
    [TestCase(63, "cut short")]
    [TestCase(5000, "cut short")]
    public void A_library_that_is_cut_short_is_named(int length, string fault)
    {
        var path = Path.Combine(_folder, "libshort.so");
        File.WriteAllBytes(path, File.ReadAllBytes(ElfVersionNeedsTests.RealPath())[..length]);
        Assert.That(() => ElfSymbols.Read(path), Throws.TypeOf<InvalidDataException>().With.Message.Contain(fault).And.Message.Contain(path));
    }

    [Test]
    public void Something_else_is_no_library()
    {
        var path = Path.Combine(_folder, "picture.so");
        File.WriteAllBytes(path, new byte[100]);
        Assert.That(() => ElfSymbols.Read(path), Throws.TypeOf<InvalidDataException>().With.Message.Contain("not a 64-bit"));
    }

    [Test]
    public void Damaged_bytes_are_refused_and_never_break_anything_else()
    {
        var good = File.ReadAllBytes(ElfVersionNeedsTests.RealPath());
        var random = new Random(1);
        var path = Path.Combine(_folder, "libdamaged.so");
        for (var round = 0; round < 60; round++)
        {
            var bad = (byte[])good.Clone();
            var table = (int)BitConverter.ToUInt64(good, 40);
            bad[random.Next(2) == 0 ? random.Next(16, 64) : random.Next(table, good.Length)] ^= (byte)random.Next(1, 256);
            File.WriteAllBytes(path, bad);
            Assert.That(() => Tolerant(path), Throws.Nothing);
        }
    }

    private static void Tolerant(string path)
    {
        try
        {
            ElfSymbols.Read(path);
        }
        catch (InvalidDataException)
        {
            // The only way to fail.
        }
    }
}
