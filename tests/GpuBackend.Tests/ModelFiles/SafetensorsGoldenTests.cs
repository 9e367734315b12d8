using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Tests.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.ModelFiles;

/// <summary>Files that the reference library wrote.</summary>
[Category("Golden")]
public sealed class SafetensorsGoldenTests
{
    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void RemoveFolder() => _folder.Remove();

    [Test]
    public void Every_file_of_the_reference_survives_reading_and_writing()
    {
        var paths = Directory.GetFiles(GoldenFolder.Location, "*.safetensors", SearchOption.AllDirectories);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(paths, Is.Not.Empty);
            foreach (var path in paths)
            {
                AssertSurvives(path, _folder.At("copy.safetensors"), _folder.At("again.safetensors"));
            }
        }
    }

    private static void AssertSurvives(string path, string copy, string again)
    {
        using var scope = NewDisposeScope();
        using var original = SafetensorsFile.Open(path);
        SafetensorsWriter.Write(copy, original.Tensors.Keys.ToDictionary(static name => name, original.Read), original.Metadata);
        using var rewritten = SafetensorsFile.Open(copy);
        SafetensorsWriter.Write(again, rewritten.Tensors.Keys.ToDictionary(static name => name, rewritten.Read), rewritten.Metadata);
        Assert.That(File.ReadAllBytes(again).AsSpan().SequenceEqual(File.ReadAllBytes(copy)), path);
        Assert.That(rewritten.Metadata, Is.EquivalentTo(original.Metadata), path);
        Assert.That(rewritten.Tensors.Keys, Is.EquivalentTo(original.Tensors.Keys), path);
        foreach (var name in original.Tensors.Keys)
        {
            var (got, want) = (rewritten.Read(name), original.Read(name));
            Assert.That(got.dtype == want.dtype && got.shape.AsSpan().SequenceEqual(want.shape) && got.eq(want).all().ToBoolean(), $"{path}: {name}");
        }
    }
}
