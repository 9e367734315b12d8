using System.Runtime.InteropServices;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;
using SimServe.Policies.Costs;

namespace SimServe.GpuBackend.Tests.Masking;

public sealed class TemplateRecordingTests
{
    [Test]
    public void Its_bytes_are_those_that_policies_reckon_with() =>
        Assert.That(Small.Harbour.Bytes, Is.EqualTo(Small.Config.ToShape().TemplateCacheBytes(Small.Steps)));

    [Test]
    public void The_bytes_an_edit_loads_are_those_that_policies_reckon_with()
    {
        using var edit = Small.Edit(Small.Harbour, Small.RandomMask(1, 0.3));
        var shape = Small.Config.ToShape();
        BlockMode[] modes = [BlockMode.Cached, BlockMode.Cached, BlockMode.Recomputed, BlockMode.Recomputed, BlockMode.Cached];
        var rows = RowLoads.Order(modes, edit.UnmaskedTokens).Sum(load => load.Resume ? edit.ResumeRows : edit.UnmaskedTokens);
        Assert.That((long)rows * Small.Config.Transformer.Width * sizeof(float), Is.EqualTo(BatchCosts.Bytes(shape, 1, edit.MaskedTokens, modes)));
    }

    [Test]
    public void Unmasked_and_resume_rows_are_every_row_once()
    {
        using var edit = Small.Edit(Small.Harbour, Small.RandomMask(6, 0.4));
        var width = Small.Config.Transformer.Width;
        var (unmasked, resume) = (new float[edit.UnmaskedTokens * width], new float[edit.ResumeRows * width]);
        edit.Gather(new RowLoad(3, Resume: false), 2, MemoryMarshal.AsBytes(unmasked.AsSpan()));
        edit.Gather(new RowLoad(3, Resume: true), 2, MemoryMarshal.AsBytes(resume.AsSpan()));
        var expected = MemoryMarshal.Cast<byte, float>(Small.Harbour.Rows(2, 3)).ToArray().Chunk(width).Select(static row => string.Join(' ', row));
        Assert.That(unmasked.Chunk(width).Concat(resume.Chunk(width)).Select(static row => string.Join(' ', row)), Is.EquivalentTo(expected));
    }

    [Test]
    public void Recording_reports_progress_and_stops_when_asked()
    {
        List<int> done = [];
        using var cancel = new CancellationTokenSource();
        var progress = new Listener(step =>
        {
            done.Add(step);
            if (step == 2)
            {
                cancel.Cancel();
            }
        });
        var recorder = new TemplateRecorder(Small.Model);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => recorder.Record(Small.Harbour.Template, 5, progress, cancel.Token), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(done, Is.EqualTo([1, 2]));
        }
    }

    [Test]
    public void An_image_of_another_size_is_refused() => Assert.That(
        () => new TemplateRecorder(Small.Model).Record(new EditTemplate(Small.Noise(32, 64, 1), "x", 1), 2),
        Throws.ArgumentException.With.Message.Contains("32x64").And.Message.Contains("64x64"));

    [Test]
    public void A_request_that_does_not_fit_is_refused_with_every_fault()
    {
        var mask = EditMask.Everything(new TokenGrid(4, 4, 8));
        var request = new Request { Id = new RequestId(3), ArrivesAt = default, Template = default, Mask = mask, Steps = 9, Prompt = "x", Seed = 1 };
        Assert.That(
            () => new FluxEdit(Small.Model, Small.Harbour, request),
            Throws.ArgumentException.With.Message.Contains("r3").And.Message.Contains("9 steps").And.Message.Contains("grid"));
    }

    [Test]
    public void A_disposed_recording_says_so()
    {
        var recording = new TemplateRecorder(Small.Model).Record(Small.Harbour.Template, 1);
        recording.Dispose();
        recording.Dispose();
        Assert.That(() => recording.Rows(0, 0).Length, Throws.InstanceOf<ObjectDisposedException>());
    }

    private sealed class Listener(Action<int> told) : IProgress<int>
    {
        public void Report(int value) => told(value);
    }
}
