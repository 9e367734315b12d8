using SimServe.GpuBackend.Images;
using SkiaSharp;

namespace SimServe.GpuBackend.Tests.Images;

public sealed class PngFileTests
{
    private string _folder = string.Empty;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("simserve-png-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void An_image_survives_writing_and_reading_bit_for_bit()
    {
        var image = Small.Noise(37, 23, 5);
        PngFile.Write(At("a.png"), image);
        PngFile.Write(At("a.png"), image);
        var read = PngFile.Read(At("a.png"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((read.Width, read.Height), Is.EqualTo((37, 23)));
            Assert.That(read.Pixels.SequenceEqual(image.Pixels));
            Assert.That(Directory.GetFiles(_folder), Is.EqualTo([At("a.png")]));
        }
    }

    [TestCase((byte)127, false)]
    [TestCase((byte)128, true)]
    public void A_mask_is_edited_from_middle_grey_up(byte grey, bool edited)
    {
        PngFile.Write(At("m.png"), new RgbImage(1, 1, [grey, grey, grey]));
        Assert.That(PngFile.ReadMask(At("m.png"))[0, 0], Is.EqualTo(edited));
    }

    [Test]
    public void Transparency_is_ignored()
    {
        using (var bitmap = new SKBitmap(new SKImageInfo(2, 1, SKColorType.Rgba8888, SKAlphaType.Unpremul)))
        {
            ReadOnlySpan<byte> pixels = [255, 255, 255, 0, 10, 20, 30, 128];
            pixels.CopyTo(bitmap.GetPixelSpan());
            using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
            File.WriteAllBytes(At("t.png"), data.ToArray());
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(PngFile.ReadMask(At("t.png"))[0, 0]);
            Assert.That(PngFile.Read(At("t.png")).Pixels.ToArray()[3..], Is.EqualTo(new byte[] { 10, 20, 30 }));
        }
    }

    [Test]
    public void A_missing_file_is_named() => Assert.That(
        () => PngFile.Read(At("nothing.png")), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("nothing.png"));

    [Test]
    public void A_file_of_another_kind_is_named()
    {
        File.WriteAllText(At("text.png"), "not an image at all");
        Assert.That(() => PngFile.Read(At("text.png")), Throws.TypeOf<InvalidDataException>().With.Message.Contains("text.png"));
    }

    [Test]
    public void An_empty_file_is_named()
    {
        File.WriteAllBytes(At("empty.png"), []);
        Assert.That(() => PngFile.Read(At("empty.png")), Throws.TypeOf<InvalidDataException>().With.Message.Contains("empty.png"));
    }

    [TestCase(20)]
    [TestCase(60)]
    [TestCase(2000)]
    public void A_file_cut_short_is_named(int length)
    {
        PngFile.Write(At("cut.png"), Small.Noise(64, 64, 6));
        File.WriteAllBytes(At("cut.png"), File.ReadAllBytes(At("cut.png"))[..length]);
        Assert.That(() => PngFile.Read(At("cut.png")), Throws.TypeOf<InvalidDataException>().With.Message.Contains("cut.png"));
    }

    [Test]
    public void A_file_that_claims_a_huge_size_is_refused_without_reserving_it()
    {
        PngFile.Write(At("huge.png"), Small.Noise(8, 8, 7));
        var content = File.ReadAllBytes(At("huge.png"));
        // Width and height stand big-endian at 16; their checksum is then wrong, which is refused as well.
        content.AsSpan(16, 8).Fill(0x3f);
        File.WriteAllBytes(At("huge.png"), content);
        Assert.That(() => PngFile.Read(At("huge.png")), Throws.TypeOf<InvalidDataException>().With.Message.Contains("huge.png"));
    }

    private string At(string name) => Path.Combine(_folder, name);
}
