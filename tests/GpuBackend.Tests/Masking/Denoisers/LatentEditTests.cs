using SimServe.GpuBackend.Masking.Denoisers;
using SimServe.GpuBackend.Masking.Denoisers.UNets;
using SimServe.GpuBackend.Tests.Models.UNets;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Masking.Denoisers;

/// <summary>Edits that wait, go on elsewhere, or compute more than they change; and paths that are written and read.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class LatentEditTests : IDisposable
{
    private static readonly DenoiserCase Family = DenoiserCases.UNet;

    private readonly MaskedUNet _denoiser = (MaskedUNet)Family.Open();
    private readonly LatentRecording _recording;

    public LatentEditTests() => _recording = Family.Record(_denoiser, Family.Template(1));

    public void Dispose()
    {
        _recording.Dispose();
        _denoiser.Weights.Dispose();
    }

    [Test]
    public void An_edit_goes_on_from_its_latents_as_if_it_had_never_stopped(
        [Values("DDIMScheduler", "EulerDiscreteScheduler")] string sampler, [Values(1, 3)] int step, [Values] bool keeps)
    {
        using var recording = Family.Record(_denoiser, Family.Template(1), sampler);
        var request = Request(Mask(2)) with { KeepsToTemplate = keeps };
        using var whole = new LatentEdit(recording, request, Family.Scheduler(sampler));
        LatentEdit? resumed = null;
        while (!whole.IsFinished)
        {
            if (whole.Step == step)
            {
                resumed = new LatentEdit(recording, request, Family.Scheduler(sampler), new LatentCheckpoint(step, whole.Latents));
            }

            Run(whole);
        }

        using (resumed)
        {
            Assert.That(resumed!.Step, Is.EqualTo(step));
            Finish(resumed);
            Assert.That(SmallUNets.Difference(resumed.Latents, whole.Latents), Is.Zero);
        }
    }

    [TestCase(4, 11, "at step 4; allowed: 0 to 3")]
    [TestCase(-1, 11, "at step -1")]
    [TestCase(2, 10, "another shape")]
    public void A_checkpoint_that_does_not_fit_is_refused(int step, int rows, string fault)
    {
        using var scheduler = Family.Scheduler();
        using var latents = zeros(1, 4, rows, 10);
        Assert.That(
            () => new LatentEdit(_recording, Request(Mask(2)), scheduler, new LatentCheckpoint(step, latents)), Throws.ArgumentException.With.Message.Contains(fault));
    }

    [Test]
    public void A_detached_edit_has_its_latents_and_takes_no_step_until_it_is_attached()
    {
        using var edit = new LatentEdit(_recording.Path, 1, Request(Mask(3)), Family.Scheduler());
        using var never = new LatentEdit(_recording.Path, 1, Request(Mask(3)), Family.Scheduler());
        using var prediction = Family.Noise(3).repeat(2, 1, 1, 1);
        edit.Advance(prediction);
        never.Advance(prediction);
        edit.Detach();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => edit.Advance(prediction), Throws.InvalidOperationException.With.Message.Contains("detached"));
            Assert.That(() => edit.Path, Throws.InvalidOperationException);
            Assert.That(edit.Step, Is.EqualTo(1));
            Assert.That(SmallUNets.Difference(edit.Latents, never.Latents), Is.Zero);
        }

        using var other = Family.Record(_denoiser, Family.Template(1), steps: 3);
        Assert.That(() => edit.Attach(other.Path), Throws.ArgumentException.With.Message.Contains("other steps"));
        edit.Attach(_recording.Path);
        while (!edit.IsFinished)
        {
            edit.Advance(prediction);
            never.Advance(prediction);
        }

        edit.Detach();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(edit.IsFinished);
            Assert.That(SmallUNets.Difference(edit.Latents, never.Latents), Is.Zero);
        }
    }

    [Test]
    public void An_edit_on_a_path_alone_has_no_recorded_layers()
    {
        using var edit = new LatentEdit(_recording.Path, 1, Request(Mask(3)), Family.Scheduler());
        Assert.That(() => new LatentStepExecutor(_denoiser).Run([edit], ReuseModes.Cached), Throws.InvalidOperationException.With.Message.Contains("path alone"));
    }

    [Test]
    public void A_path_that_is_read_back_by_name_gives_the_same_edit()
    {
        var written = _recording.Path.Named().ToDictionary(static named => named.Name, static named => named.Tensor.clone());
        using var read = LatentPath.Of(_recording.Template, _recording.Path.Timesteps, name => written[name]);
        using var edit = new LatentEdit(read, 1, Request(Mask(4)) with { KeepsToTemplate = true }, Family.Scheduler());
        using var expected = new LatentEdit(_recording.Path, 1, Request(Mask(4)) with { KeepsToTemplate = true }, Family.Scheduler());
        using var prediction = Family.Noise(3).repeat(2, 1, 1, 1);
        while (!edit.IsFinished)
        {
            edit.Advance(prediction);
            expected.Advance(prediction);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                written.Keys,
                Is.EqualTo(["latents.0", "latents.1", "latents.2", "latents.3", "latents.4", "correction.0", "correction.1", "correction.2", "correction.3"]));
            Assert.That(read.Bytes, Is.EqualTo(9 * 4 * 110 * sizeof(float)));
            Assert.That(SmallUNets.Difference(edit.Latents, expected.Latents), Is.Zero);
        }
    }

    [Test]
    public void Of_a_path_that_cannot_be_read_nothing_is_left()
    {
        var before = LiveTensors.Settled();
        Assert.That(
            () => LatentPath.Of(_recording.Template, _recording.Path.Timesteps, static name => name == "correction.2" ? throw new IOException(name) : ones(1, 4, 11, 10)),
            Throws.InstanceOf<IOException>());
        Assert.That(LiveTensors.Count(), Is.EqualTo(before));
    }

    [Test]
    public void A_margin_is_computed_and_keeps_the_templates_latents()
    {
        var mask = Family.Corner(1);
        using var narrow = new LatentEdit(_recording, Request(mask), Family.Scheduler());
        using var wide = new LatentEdit(_recording, Request(mask.Dilated(2)), Family.Scheduler());
        using var plain = new LatentEdit(_recording, Request(mask), Family.Scheduler());
        using var everything = new LatentEdit(_recording, Request(mask.Dilated(11)), Family.Scheduler());
        Finish(narrow);
        Finish(wide);
        Finish(everything);
        while (!plain.IsFinished)
        {
            new LatentStepExecutor(_denoiser).Run([plain], null);
        }

        var others = tensor(narrow.Masks.Finest.Pixels(1)).reshape(1, 1, 11, 10).logical_not();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(wide.Masks.Finest.Masked, Has.Length.EqualTo(16));
            Assert.That(SmallUNets.Difference(wide.Latents * others, _recording.Template.Image! * others), Is.Zero);
            Assert.That(SmallUNets.Difference(wide.Latents, narrow.Latents), Is.GreaterThan(1e-3));
            Assert.That(SmallUNets.Difference(everything.Latents, plain.Latents), Is.Not.NaN.And.LessThan(1e-3));
        }
    }

    [Test]
    public void Layers_that_are_taken_step_by_step_are_those_of_a_recording_and_are_freed()
    {
        using var scheduler = Family.Scheduler();
        List<int> steps = [];
        List<RecordedLayers> taken = [];
        var template = _recording.Template with { StepNoise = Family.StepNoise(1) };
        var before = LiveTensors.Settled();
        using (var path = new LatentRecorder(_denoiser, new RecordingOptions()).RecordSteps(template, scheduler, Take))
        {
            using var scope = NewDisposeScope();
            Assert.That(SmallUNets.Difference(path.Correction(2), _recording.Path.Correction(2)), Is.Zero);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(steps, Is.EqualTo([0, 1, 2, 3]));
            Assert.That(taken.SelectMany(static layers => layers.Rows).All(static rows => rows.IsInvalid));
            Assert.That(LiveTensors.Count(), Is.EqualTo(before));
        }

        void Take(int step, RecordedLayers[] branches)
        {
            steps.Add(step);
            taken.AddRange(branches);
            for (var branch = 0; branch < 2; branch++)
            {
                var expected = _recording.Layers(step, branch).Rows;
                Assert.That(branches[branch].Rows, Has.Count.EqualTo(expected.Count));
                for (var i = 0; i < expected.Count; i++)
                {
                    Assert.That(SmallUNets.Difference(branches[branch].Rows[i], expected[i]), Is.Zero);
                }
            }
        }
    }

    [Test]
    public void Of_layers_that_nobody_can_take_nothing_is_left()
    {
        using var scheduler = Family.Scheduler();
        var before = LiveTensors.Settled();
        Assert.That(
            () => new LatentRecorder(_denoiser, new RecordingOptions()).RecordSteps(
                _recording.Template, scheduler, static (step, _) => throw new IOException($"{step}")),
            Throws.InstanceOf<IOException>());
        Assert.That(LiveTensors.Count(), Is.EqualTo(before));
    }

    private static EditMask Mask(long seed) => Family.Mask(1, seed, 0.3);

    private static LatentEditRequest Request(EditMask mask) => new() { Mask = mask, Branches = Family.Guided(8), Guidance = 3, Noise = Family.Noise(8) };

    private void Run(LatentEdit edit) => new LatentStepExecutor(_denoiser).Run([edit], ReuseModes.Cached);

    private void Finish(LatentEdit edit)
    {
        while (!edit.IsFinished)
        {
            Run(edit);
        }
    }
}
