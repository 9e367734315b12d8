using SimServe.GpuBackend.Caches;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Models.Flux;
using SimServe.Policies;

namespace SimServe.GpuBackend.Tests.Caches;

/// <summary>A recording's file gives the recording back bit for bit, or nothing.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TemplateFilesTests : IDisposable
{
    private static readonly EditTemplate Harbour = Small.Harbour.Template;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Test]
    public void What_is_read_is_what_was_written_and_gives_the_same_image_bit_for_bit([Values] bool mapped)
    {
        var files = Written(mapped);
        using var read = files.TryRead(Harbour, out var fault)!;
        Assert.That(fault, Is.Null);
        for (var step = 0; step < Small.Steps; step++)
        {
            for (var block = 0; block < read.Layout.Blocks; block++)
            {
                Assert.That(read.Rows(step, block).SequenceEqual(Small.Harbour.Rows(step, block)), $"step {step}, block {block}");
            }
        }

        foreach (var mode in new[] { BlockMode.Cached, BlockMode.Recomputed, BlockMode.Plain })
        {
            Assert.That(Image(read, mode), Is.EqualTo(Image(Small.Harbour, mode)), $"{mode}");
        }
    }

    [Test]
    public void Reading_leaves_no_tensor_and_no_mapping_behind([Values] bool mapped)
    {
        var files = Written(mapped);
        var before = LiveTensors.Settled();
        for (var i = 0; i < 3; i++)
        {
            files.TryRead(Harbour, out _)!.Dispose();
        }

        Assert.That(LiveTensors.Count(), Is.EqualTo(before));
        Assert.That(File.ReadAllLines("/proc/self/maps").Where(line => line.Contains(_folder.Path, StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void A_file_cut_short_anywhere_is_told_and_not_used([Values(0, 7, 8, 300, 5_000, 100_000, -1)] int length)
    {
        var files = Written();
        var bytes = File.ReadAllBytes(_folder.Files.Single());
        File.WriteAllBytes(_folder.Files.Single(), bytes[..(length < 0 ? bytes.Length + length : length)]);
        Assert.That(files.TryRead(Harbour, out var fault), Is.Null);
        Assert.That(fault, Does.Contain(_folder.Files.Single()));
    }

    [Test]
    public void One_altered_bit_anywhere_behind_the_header_is_told_and_the_file_not_used([Values] bool mapped)
    {
        var files = Written(mapped);
        var bytes = File.ReadAllBytes(_folder.Files.Single());
        var data = 8 + BitConverter.ToInt32(bytes);
        for (var place = data; place < bytes.Length; place += (bytes.Length - data) / 23)
        {
            bytes[place] ^= 4;
            File.WriteAllBytes(_folder.Files.Single(), bytes);
            Assert.That(files.TryRead(Harbour, out var fault), Is.Null, $"byte {place}");
            Assert.That(fault, Does.Contain(_folder.Files.Single()).And.Contain("not those that were written"));
            bytes[place] ^= 4;
        }

        File.WriteAllBytes(_folder.Files.Single(), bytes);
        using var sound = files.TryRead(Harbour, out _);
        Assert.That(sound, Is.Not.Null, "the file is whole again");
    }

    [Test]
    public void No_altered_letter_of_the_header_changes_what_is_read()
    {
        var files = Written();
        var bytes = File.ReadAllBytes(_folder.Files.Single());
        var (data, refused) = (8 + BitConverter.ToInt32(bytes), 0);
        for (var place = 0; place < data; place += 29)
        {
            bytes[place] ^= 1;
            File.WriteAllBytes(_folder.Files.Single(), bytes);
            using var read = files.TryRead(Harbour, out var fault);
            bytes[place] ^= 1;
            refused += read is null ? 1 : 0;
            Assert.That(read is null ? fault is not null : read.Rows(1, 2).SequenceEqual(Small.Harbour.Rows(1, 2)), $"byte {place}");
        }

        Assert.That(refused, Is.GreaterThan(data / 29 / 2));
    }

    [Test]
    public void A_file_of_another_version_is_told_with_what_it_says()
    {
        var files = Written();
        var text = File.ReadAllBytes(_folder.Files.Single());
        var place = text.AsSpan().IndexOf("simserve template 1"u8);
        text[place + 18] = (byte)'0';
        File.WriteAllBytes(_folder.Files.Single(), text);
        Assert.That(files.TryRead(Harbour, out var fault), Is.Null);
        Assert.That(fault, Does.Contain("simserve template 0").And.Contain("not \"simserve template 1\""));
    }

    [Test]
    public void A_file_of_another_model_template_or_number_of_steps_has_another_name_and_is_told_under_this_one()
    {
        Written();
        using var otherWeights = new FluxModel(Small.Config, 8);
        var own = _folder.Files.Single();
        (TemplateFiles Files, EditTemplate Template, string Told)[] others =
        [
            (new TemplateFiles(_folder.Path, otherWeights, Small.Steps), Harbour, "\"model\""),
            (new TemplateFiles(_folder.Path, Small.Model, Small.Steps + 1), Harbour, "\"steps\""),
            (new TemplateFiles(_folder.Path, Small.Model, Small.Steps), Harbour with { Seed = 1 }, "\"template\""),
            (new TemplateFiles(_folder.Path, Small.Model, Small.Steps), Harbour with { Prompt = "a harbour" }, "\"template\""),
            (new TemplateFiles(_folder.Path, Small.Model, Small.Steps), Harbour with { Image = Small.Noise(64, 64, 77) }, "\"template\""),
        ];
        foreach (var (files, template, told) in others)
        {
            Assert.That(files.Has(template), Is.False);
            File.Copy(own, files.PathOf(template));
            Assert.That(files.TryRead(template, out var fault), Is.Null);
            Assert.That(fault, Does.Contain(told).And.Contain(files.PathOf(template)));
        }
    }

    [Test]
    public void What_a_process_left_that_ended_while_it_wrote_is_swept_away_and_never_read()
    {
        var files = Written();
        var (left, underWay) = ($"{files.PathOf(Harbour)}.{int.MaxValue}.7.tmp", $"{files.PathOf(Harbour)}.{Environment.ProcessId}.7.tmp");
        File.WriteAllText(left, "half");
        File.WriteAllText(underWay, "half");
        using var read = new TemplateFiles(_folder.Path, Small.Model, Small.Steps).TryRead(Harbour, out _);
        Assert.That(read, Is.Not.Null);
        Assert.That(_folder.Files.Order(), Is.EqualTo(new[] { files.PathOf(Harbour), underWay }.Order()));
    }

    [Test]
    public void Equal_weights_are_the_same_model_whoever_made_them()
    {
        Written();
        using var again = new FluxModel(Small.Config, Small.Model.Seed);
        Assert.That(new TemplateFiles(_folder.Path, again, Small.Steps).Has(Harbour));
    }

    /// <summary>What reading costs, copied into memory or mapped; run it by its name.</summary>
    [Test]
    [Explicit("a study of times")]
    [Category("Slow")]
    public void How_long_reading_takes_copied_or_mapped()
    {
        const int Steps = 12;
        using var model = new FluxModel(FluxConfig.Nano, 3);
        var (template, clock) = (new EditTemplate(Small.Noise(256, 256, 1), "a harbour", 1), new WallClock());
        using var recording = new TemplateRecorder(model).Record(template, Steps);
        double Seconds(Action action)
        {
            var start = clock.Now;
            action();
            return (clock.Now - start).TotalSeconds;
        }

        var written = Seconds(() => new TemplateFiles(_folder.Path, model, Steps).Write(recording));
        TestContext.Out.WriteLine($"{recording.Bytes / 1e6:0.0} MB of rows; file {new FileInfo(_folder.Files.Single()).Length / 1e6:0.0} MB, written in {written * 1000:0} ms; hashed at {recording.Bytes / Seconds(() => ContentHash.Of(recording.StepRows(0).Address, recording.StepRows(0).Bytes)) / Steps / 1e9:0.0} GB/s");
        var mask = EditMask.FromTokens(FluxConfig.Nano.Grid, [.. Enumerable.Range(60, 28)]);
        var buffer = new byte[recording.Layout[0].Bytes];
        for (var round = 0; round < 4; round++)
        {
            foreach (var mapped in new[] { false, true })
            {
                var files = new TemplateFiles(_folder.Path, model, Steps) { Memory = mapped ? null : HostMemory.Pageable };
                _ = files.PathOf(template);
                TemplateRecording? read = null;
                var reading = Seconds(() => read = files.TryRead(template, out _));
                using var edit = new FluxEdit(model, read!, new Request { Id = default, ArrivesAt = default, Template = default, Mask = mask, Steps = Steps, Prompt = "", Seed = 1 });
                void Gather()
                {
                    for (var step = 0; step < Steps; step++)
                    {
                        for (var block = 1; block < read!.Layout.Blocks; block++)
                        {
                            edit.Gather(new RowLoad(block, Resume: false), step, buffer);
                        }
                    }
                }

                var (first, second) = (Seconds(Gather), Seconds(Gather));
                TestContext.Out.WriteLine($"{(mapped ? "mapped" : "copied")}: read and checked in {reading * 1000:0.0} ms, its rows gathered first in {first * 1000:0.0} ms, then in {second * 1000:0.0} ms");
                read!.Dispose();
            }
        }
    }

    private static byte[] Image(TemplateRecording recording, BlockMode mode)
    {
        using var edit = Small.Edit(recording, Small.PixelMask(3));
        Small.Finish(edit, Small.All(mode));
        return edit.ToImage().Pixels.ToArray();
    }

    private TemplateFiles Written(bool mapped = false)
    {
        var files = new TemplateFiles(_folder.Path, Small.Model, Small.Steps) { Memory = mapped ? null : HostMemory.Pageable };
        files.Write(Small.Harbour);
        Assert.That(_folder.Files, Is.EqualTo(new[] { files.PathOf(Harbour) }), "no temporary file is left");
        return files;
    }
}
