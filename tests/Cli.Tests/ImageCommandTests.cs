using System.Text.Json.Nodes;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Tests.Golden;

namespace SimServe.Cli.Tests;

/// <summary>What <c>generate</c> and <c>edit</c> promise beyond the reference's images, and how they refuse.</summary>
[Category("Golden")]
public sealed class ImageCommandTests
{
    private static readonly string Model = Path.Combine(GoldenFolder.Location, "pipeline_sd_inpaint");
    private static readonly string Image = Path.Combine(Model, "euler.in.image.png");
    private static readonly string Mask = Path.Combine(Model, "euler.in.mask_image.png");

    private string _folder = string.Empty;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("simserve-images").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Unmasked_pixels_of_an_edit_are_the_input_s_bit_for_bit()
    {
        var result = Edit("--out", PathOf("edit.png"));
        Assert.That(result.ExitCode, Is.Zero, result.Error);
        var (input, edit, mask) = (PngFile.Read(Image), PngFile.Read(PathOf("edit.png")), PngFile.ReadMask(Mask));
        var changed = 0;
        for (var i = 0; i < mask.Edited.Length; i++)
        {
            var same = edit.Pixels.Slice(3 * i, 3).SequenceEqual(input.Pixels.Slice(3 * i, 3));
            changed += same ? 0 : 1;
            Assert.That(mask.Edited[i] || same, $"pixel {i}");
        }

        Assert.That(changed, Is.Positive, "the edit changes what is masked");
    }

    [Test]
    public void A_mask_of_the_other_polarity_edits_the_same_pixels()
    {
        var transparent = PathOf("transparent.png");
        TransparentWhere(PngFile.ReadMask(Mask), transparent);
        var white = Edit("--out", PathOf("white.png"));
        var alpha = SimServeProcess.Run([.. Arguments(transparent), "--mask-polarity", "alpha", "--steps", "3", "--out", PathOf("alpha.png")]);
        Assert.That((white.ExitCode, alpha.ExitCode), Is.EqualTo((0, 0)), alpha.Error);
        Assert.That(PngFile.Read(PathOf("alpha.png")).Pixels.ToArray(), Is.EqualTo(PngFile.Read(PathOf("white.png")).Pixels.ToArray()));
    }

    [Test]
    public void The_same_seed_writes_the_same_file_and_json_names_it()
    {
        var one = Edit("--out", PathOf("one.png"), "--seed", "7", "--format", "json");
        var two = Edit("--out", PathOf("two.png"), "--seed", "7");
        Assert.That((one.ExitCode, two.ExitCode), Is.EqualTo((0, 0)), one.Error);
        var summary = JsonNode.Parse(one.Output)!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(File.ReadAllBytes(PathOf("two.png")), Is.EqualTo(File.ReadAllBytes(PathOf("one.png"))));
            Assert.That((string)summary["images"]![0]!["file"]!, Is.EqualTo(PathOf("one.png")));
            Assert.That((long)summary["images"]![0]!["seed"]!, Is.EqualTo(7));
        }
    }

    [Test]
    public void Optimisations_leave_the_image_as_it_is()
    {
        string[] ways = ["none", "all", "channels-last,fused-geglu"];
        var results = ways.Select(way => Edit("--optimise", way, "--out", PathOf($"{way}.png"))).ToArray();
        Assert.That(results.Select(static result => result.ExitCode), Is.All.Zero, results[^1].Error);
        var images = ways.Select(way => PngFile.Read(PathOf($"{way}.png")).Pixels.ToArray()).ToArray();
        Assert.That(images.Select(image => image.Zip(images[0], static (got, want) => Math.Abs(got - want)).Max()), Is.All.LessThanOrEqualTo(1));
    }

    [Test]
    public void An_edit_that_reuses_the_picture_keeps_unmasked_pixels_and_tells_its_times()
    {
        var result = Edit("--reuse", "cached", "--image-prompt", "a harbour", "--tiles", "4", "--out", PathOf("cached.png"), "--format", "json");
        Assert.That(result.ExitCode, Is.Zero, result.Error);
        var (input, edit, mask) = (PngFile.Read(Image), PngFile.Read(PathOf("cached.png")), PngFile.ReadMask(Mask));
        int[] changed = [.. Enumerable.Range(0, mask.Edited.Length).Where(i => !edit.Pixels.Slice(3 * i, 3).SequenceEqual(input.Pixels.Slice(3 * i, 3)))];
        var reuse = JsonNode.Parse(result.Output)!["reuse"]!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(changed, Is.Not.Empty.And.All.Matches<int>(i => mask.Edited[i]));
            Assert.That(result.Error, Does.Contain("The template was recorded in").And.Contain("denoised in"));
            Assert.That((double)reuse["recordingSeconds"]!, Is.Positive);
            Assert.That((double)reuse["denoisingSeconds"]!, Is.Positive);
            Assert.That((double)reuse["maskRatio"]!, Is.InRange(0, 1));
            Assert.That((long)reuse["recordingBytes"]!, Is.Positive);
        }
    }

    [TestCase(2, "the tiles' side is 0", "--reuse", "cached", "--tiles", "0")]
    [TestCase(2, "give them with --reuse cached", "--tiles", "4")]
    [TestCase(2, "must be the name of a .png file", "--out", "image.jpg")]
    [TestCase(2, "eular", "--scheduler", "eular")]
    [TestCase(2, "--optimise is \"channels-last,faster\" but must be all, none, or names with commas between: channels-last, fused-geglu,", "--optimise", "channels-last,faster")]
    [TestCase(2, "steps is 0", "--steps", "0")]
    [TestCase(2, "--latents is \"noise\"", "--latents", "noise")]
    [TestCase(2, "1 --control-image for 0 ControlNets", "--control-image", "anything.png")]
    [TestCase(2, "clip skip is -1", "--clip-skip", "-1")]
    [TestCase(2, "clip skip is 99 but must be from 0 to", "--clip-skip", "99")]
    [TestCase(2, "only DDIMScheduler knows it", "--eta", "0.5")]
    [TestCase(3, "missing.safetensors", "--lora", "missing.safetensors")]
    [TestCase(3, "There is no CUDA device", "--device", "cuda")]
    public void A_wrong_option_is_refused_and_nothing_is_written(int code, string message, params string[] options)
    {
        var result = Edit([.. options.Contains("--out") ? [] : new[] { "--out", PathOf("edit.png") }, .. options]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(code), result.Error);
            Assert.That(result.Error, Does.Contain(message));
            Assert.That(Directory.GetFileSystemEntries(_folder), Is.Empty);
        }
    }

    [Test]
    public void A_folder_that_is_no_model_is_refused_with_advice()
    {
        var result = SimServeProcess.Run("generate", "--model", _folder, "--prompt", "x", "--out", PathOf("image.png"));
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((3, result.Error)));
        Assert.That(result.Error, Does.Contain("model_index.json"));
    }

    [Test]
    public void An_image_and_a_mask_of_two_sizes_are_refused_before_the_model_is_loaded()
    {
        var other = Path.Combine(Model, "ddim.in.mask_image.png");
        var result = SimServeProcess.Run([.. Arguments(other), "--out", PathOf("edit.png")]);
        Assert.That(result.ExitCode, Is.EqualTo(2), result.Error);
        Assert.That(result.Error, Does.Contain("they must be of one size").And.Not.Contain("loading"));
    }

    private CommandResult Edit(params string[] options) =>
        SimServeProcess.Run([.. Arguments(Mask), .. options.Contains("--steps") ? [] : new[] { "--steps", "3" }, .. options]);

    private static string[] Arguments(string mask) =>
        ["edit", "--model", Model, "--image", Image, "--mask", mask, "--prompt", "a boat"];

    private string PathOf(string file) => Path.Combine(_folder, file);

    private static void TransparentWhere(Policies.PixelMask mask, string path)
    {
        using var bitmap = new SkiaSharp.SKBitmap(new SkiaSharp.SKImageInfo(mask.Width, mask.Height, SkiaSharp.SKColorType.Rgba8888, SkiaSharp.SKAlphaType.Unpremul));
        var pixels = bitmap.GetPixelSpan();
        for (var i = 0; i < mask.Edited.Length; i++)
        {
            pixels[(4 * i) + 3] = mask.Edited[i] ? (byte)0 : byte.MaxValue;
        }

        using var data = bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(path, data.ToArray());
    }
}
