using SimServe.GpuBackend.Native;

namespace SimServe.GpuBackend.Tests.Native;

public sealed class NativeBridgeTests
{
    private string _cache = string.Empty;

    [SetUp]
    public void MakeCache() => _cache = Directory.CreateTempSubdirectory("simserve-native-").FullName;

    [TearDown]
    public void RemoveCache() => Directory.Delete(_cache, recursive: true);

    [Test]
    public void The_copy_is_made_once_and_used_again()
    {
        var first = NativeBridge.PatchedCopy(ElfVersionNeedsTests.RealPath(), _cache);
        var written = File.GetLastWriteTimeUtc(first);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(NativeBridge.PatchedCopy(ElfVersionNeedsTests.RealPath(), _cache), Is.EqualTo(first));
            Assert.That(File.GetLastWriteTimeUtc(first), Is.EqualTo(written));
        }
    }

    [TestCase(0)]
    [TestCase(1000)]
    public void A_short_copy_is_made_anew(int length)
    {
        var path = NativeBridge.PatchedCopy(ElfVersionNeedsTests.RealPath(), _cache);
        var good = File.ReadAllBytes(path);
        File.WriteAllBytes(path, good[..length]);
        Assert.That(File.ReadAllBytes(NativeBridge.PatchedCopy(ElfVersionNeedsTests.RealPath(), _cache)), Is.EqualTo(good));
    }

    [Test]
    public void A_copy_that_was_tampered_with_is_made_anew()
    {
        var path = NativeBridge.PatchedCopy(ElfVersionNeedsTests.RealPath(), _cache);
        var good = File.ReadAllBytes(path);
        var bad = (byte[])good.Clone();
        bad[5000] ^= 1;
        File.WriteAllBytes(path, bad);
        Assert.That(File.ReadAllBytes(NativeBridge.PatchedCopy(ElfVersionNeedsTests.RealPath(), _cache)), Is.EqualTo(good));
    }

    [Test]
    public void Many_at_once_agree_and_leave_nothing_behind()
    {
        var paths = new string[8];
        Parallel.For(0, paths.Length, i => paths[i] = NativeBridge.PatchedCopy(ElfVersionNeedsTests.RealPath(), _cache));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(paths.Distinct().Count(), Is.EqualTo(1));
            Assert.That(Directory.GetFiles(_cache, "*", SearchOption.AllDirectories), Is.EqualTo([paths[0]]));
        }
    }

    [Test]
    public void Loading_says_what_was_loaded()
    {
        var info = LibTorch.Load();
        TestContext.Out.WriteLine(info);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(LibTorch.Load(), Is.SameAs(info));
            Assert.That(File.Exists(info.Bridge));
            Assert.That(info.Patched, Is.EqualTo(!NativeBridge.HostHasNewestCpp()));
            Assert.That(info.TorchVersion, Is.Not.Empty);
        }
    }

    [Test]
    public void A_folder_without_the_library_is_named_with_the_cure() => Assert.That(
        () => NativeFolders.First("libtorch_cpu.so", [_cache]),
        Throws.TypeOf<LibTorchNotFoundException>().With.Message.Contains(_cache).And.Message.Contains("SIMSERVE_LIBTORCH"));
}
