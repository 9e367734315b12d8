using System.Reflection;
using SimServe.GpuBackend.Native;
using SimServe.Policies;

namespace SimServe.GpuBackend.Tests.Native;

public sealed class ElfVersionNeedsTests
{
    private const string Library = "libstdc++.so.6";

    [Test]
    public void The_real_library_needs_the_version_once_and_only_its_flag_changes()
    {
        var original = RealLibrary();
        var patched = (byte[])original.Clone();
        var changed = ElfVersionNeeds.Weaken(patched, Library, NativeBridge.NewestCppVersion);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(changed, Is.EqualTo(1));
            Assert.That(patched.Zip(original).Count(static pair => pair.First != pair.Second), Is.EqualTo(1));
            Assert.That(ElfVersionNeeds.Weaken(patched, Library, NativeBridge.NewestCppVersion), Is.Zero, "a second time changes nothing");
        }
    }

    [TestCase("libstdc++.so.6", "GLIBCXX_9.9.99")]
    [TestCase("libnosuch.so.1", "GLIBCXX_3.4.32")]
    public void What_is_not_needed_is_not_changed(string library, string version)
    {
        var original = RealLibrary();
        var copy = (byte[])original.Clone();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ElfVersionNeeds.Weaken(copy, library, version), Is.Zero);
            Assert.That(copy, Is.EqualTo(original));
        }
    }

    [TestCase(0)]
    [TestCase(3)]
    [TestCase(63)]
    [TestCase(64)]
    [TestCase(200)]
    [TestCase(4096)]
    public void A_library_cut_short_is_refused(int length)
    {
        var cut = RealLibrary()[..length];
        Assert.That(() => ElfVersionNeeds.Weaken(cut, Library, NativeBridge.NewestCppVersion), Throws.TypeOf<InvalidDataException>());
    }

    [Test]
    public void A_file_of_another_kind_is_refused() => Assert.That(
        () => ElfVersionNeeds.Weaken(new byte[1000], Library, NativeBridge.NewestCppVersion),
        Throws.TypeOf<InvalidDataException>().With.Message.Contains("not a 64-bit little-endian ELF"));

    [Test]
    public void A_damaged_header_is_refused_or_harmless([Range(1, 60)] int seed)
    {
        var random = new RandomStream(seed, "damage");
        var damaged = RealLibrary();
        for (var i = 0; i < 8; i++)
        {
            // Past the magic number: the file header and the first program headers.
            damaged[random.Next(6, 600)] = (byte)random.Next(256);
        }

        try
        {
            ElfVersionNeeds.Weaken(damaged, Library, NativeBridge.NewestCppVersion);
        }
        catch (InvalidDataException fault)
        {
            Assert.That(fault.Message, Is.Not.Empty);
        }
    }

    internal static string RealPath() => Path.Combine(
        typeof(LibTorch).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static a => a.Key == "SimServe.LibTorchSharpFolder").Value!,
        NativeBridge.FileName);

    private static byte[] RealLibrary() => File.ReadAllBytes(RealPath());
}
