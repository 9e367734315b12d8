using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Tests.Adapters;
using SimServe.GpuBackend.Tests.Golden;
using SimServe.GpuBackend.Tests.ModelFiles;
using SimServe.Policies;
using AdapterSet = SimServe.Policies.AdapterSet;

namespace SimServe.GpuBackend.Tests.AddOns;

[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class ServedLorasTests : IDisposable
{
    private const int Steps = 4;

    private static readonly string Folder = Path.Combine(GoldenFolder.Location, "pipeline_sdxl");

    private readonly TemporaryFolder _files = new();
    private readonly ServedModel _model = ServedFolder.Open(ServedFolder.Read(Folder), 0);
    private readonly TemplateRecording _recording;
    private readonly LoraLibrary _library;

    public ServedLorasTests()
    {
        var grid = _model.Config.Grid;
        _recording = _model.Record(new EditTemplate(Small.Noise(grid.Width, grid.Height, 1), "a red circle", 1), Steps);
        _library = new LoraLibrary(
        [
            new LoraSource(LoraFiles.Write(_files, "denoiser", Folder, 0.4, "unet")),
            new LoraSource(LoraFiles.Write(_files, "whole", Folder, 0.4, "unet", "text_encoder", "text_encoder_2"), 0.7),
        ]);
    }

    private ServedLoras Loras => new(_model, _library);

    public void Dispose()
    {
        _library.Dispose();
        _recording.Dispose();
        _model.Dispose();
        _files.Remove();
    }

    [Test]
    public void Loaded_apart_is_the_same_as_loaded_whole()
    {
        using var whole = Loras.Load([0, 1]);
        using var text = Loras.Load([0, 1], ModelPart.TextEncoder, ModelPart.TextEncoder2);
        using var denoiser = Loras.Load([0, 1], ModelPart.Denoiser);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Edited(text, denoiser, 0), Is.EqualTo(Edited(whole, whole, 0)));
            Assert.That((text.Changes(ModelPart.Denoiser), denoiser.ChangesText), Is.EqualTo((false, false)));
            Assert.That(text.Bytes + denoiser.Bytes, Is.EqualTo(whole.Bytes));
            Assert.That((Loras.ChangesText([0]), Loras.ChangesText([0, 1]), Loras.ChangesText([])), Is.EqualTo((false, true, false)));
        }
    }

    [Test]
    public void Used_from_a_later_step_it_changes_the_rest_alone_and_the_next_edit_is_plain()
    {
        var plain = Edited(null, null, 0);
        using var prepared = Loras.Load([0]);
        var images = Enumerable.Range(0, Steps + 1).Select(step => Edited(prepared, prepared, step)).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(images[Steps], Is.EqualTo(plain), "never used");
            Assert.That(images[..Steps], Is.Unique.And.No.Member(plain));
            Assert.That(Edited(null, null, 0), Is.EqualTo(plain));
        }
    }

    [Test]
    public void A_load_in_the_background_changes_no_step_that_is_taken_meanwhile()
    {
        var plain = Edited(null, null, 0);
        using var stop = new CancellationTokenSource();
        var loads = Task.Run(() =>
        {
            var count = 0;
            while (!stop.IsCancellationRequested)
            {
                Loras.Load([count++ % 2]).Dispose();
            }

            return count;
        });
        for (var round = 0; round < 5; round++)
        {
            Assert.That(Edited(null, null, 0), Is.EqualTo(plain));
        }

        stop.Cancel();
        Assert.That(loads.GetAwaiter().GetResult(), Is.Positive);
    }

    // The denoiser's part from a step on.
    private float[] Edited(PreparedAdapters? text, PreparedAdapters? denoiser, int from)
    {
        var loras = Loras;
        using var edit = _model.Begin(_recording, RequestOf(), adapters: text);
        while (!edit.IsFinished)
        {
            if (edit.Step == from)
            {
                loras.Use(denoiser);
                Assert.That(loras.InUse, Is.EqualTo(denoiser is not null));
            }

            using var rows = new DirectTemplateRows([edit]);
            _model.Step([edit], [.. Enumerable.Repeat(BlockMode.Cached, _model.Rows.Blocks)], rows);
        }

        loras.Use(null);
        return edit.CopyLatents();
    }

    private Request RequestOf() => new()
    {
        Id = new RequestId(0),
        ArrivesAt = default,
        Template = default,
        Mask = EditMask.FromTokens(_model.Config.Grid, [.. Enumerable.Range(0, _model.Config.Grid.Count / 2)]),
        Steps = Steps,
        Prompt = "a green star",
        Seed = 7,
        Adapters = new AdapterSet([], [0]),
    };
}
