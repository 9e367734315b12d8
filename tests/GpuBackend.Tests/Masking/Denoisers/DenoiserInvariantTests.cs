using SimServe.GpuBackend.Masking.Denoisers;
using SimServe.Policies;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Masking.Denoisers;

/// <summary>The invariants of masked execution on every family, in every way that templates are reused.</summary>
[TestFixtureSource(typeof(DenoiserCases), nameof(DenoiserCases.All))]
internal sealed class DenoiserInvariantTests(DenoiserCase family)
{
    // Four steps from almost pure noise: schedulers divide by a signal's share of 0.07 and extrapolate, so what float32 rounds in a prediction comes back some hundred times as large.
    private const double Rounding = 1e-3;

    // Over six samplers and every family the largest was 0.0015, by a solver of second order.
    private const double OfAnySampler = 5e-3;

    private IMaskedDenoiser _denoiser = null!;
    private LatentRecording _first = null!;
    private LatentRecording _second = null!;

    [OneTimeSetUp]
    public void Record()
    {
        _denoiser = family.Open();
        _first = family.Record(_denoiser, family.Template(1));
        _second = family.Record(_denoiser, family.Template(2));
    }

    [OneTimeTearDown]
    public void Close()
    {
        _first?.Dispose();
        _second?.Dispose();
        _denoiser?.Weights.Dispose();
    }

    [Test]
    public void A_mask_of_everything_equals_the_plain_model()
    {
        using var masked = Edit(_first, EditMask.Everything(family.Grid(_denoiser.TokenSide)), 7);
        using var plain = Edit(_first, EditMask.Everything(family.Grid(_denoiser.TokenSide)), 7);
        Finish(masked, family.Modes);
        Finish(plain, null);
        Assert.That(Difference(masked.Latents, plain.Latents), Is.Not.NaN.And.LessThan(Rounding));
    }

    [Test]
    public void The_templates_own_prompt_and_seed_reproduce_it_whatever_the_mask_and_the_sampler([Range(1, 3)] int seed)
    {
        foreach (var sampler in family.Samplers)
        {
            using var recording = family.Record(_denoiser, family.Template(1), sampler);
            foreach (var modes in new[] { family.Modes, null })
            {
                using var edit = Edit(recording, family.Mask(_denoiser.TokenSide, seed, 0.2 * seed), 1, sampler: sampler, keeps: true);
                Finish(edit, modes);
                Assert.That(Difference(edit.Latents, recording.Template.Image!), Is.Not.NaN.And.LessThan(OfAnySampler), $"{sampler}, {(modes is null ? "plain" : "masked")}");
            }
        }
    }

    [Test]
    public void A_picture_that_the_model_made_itself_needs_no_corrections()
    {
        using var recording = family.Record(_denoiser, family.Template(4, painted: false));
        using var edit = Edit(recording, family.Mask(_denoiser.TokenSide, 5, 0.3), 4);
        Finish(edit, family.Modes);
        Assert.That(Difference(edit.Latents, recording.Latents(4)), Is.Not.NaN.And.LessThan(Rounding));
    }

    [Test]
    public void Another_prompt_changes_masked_latents_and_no_others()
    {
        var mask = family.Mask(_denoiser.TokenSide, 6, 0.3);
        using var edit = Edit(_first, mask, 8);
        using var other = Edit(_first, mask, 9);
        Finish(edit, family.Modes);
        Finish(other, family.Modes);
        var pixels = tensor(edit.Masks.Finest.Pixels(_denoiser.TokenSide)).reshape(1, 1, family.Latents[2], family.Latents[3]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Difference(edit.Latents * pixels, other.Latents * pixels), Is.GreaterThan(0.01));
            Assert.That(Difference(edit.Latents * pixels.logical_not(), _first.Template.Image! * pixels.logical_not()), Is.Zero);
        }
    }

    [Test]
    public void The_company_in_a_batch_never_changes_an_image()
    {
        LatentEdit[] together = Three();
        LatentEdit[] alone = Three();
        try
        {
            var executor = new LatentStepExecutor(_denoiser);
            executor.Run([together[1]], family.Modes);
            executor.Run([together[2]], family.Modes);
            executor.Run([together[2], together[1]], family.Modes);
            executor.Run(together, family.Modes);
            executor.Run(together, family.Modes);
            Assert.That(together.Select(static edit => edit.Step), Is.EqualTo([2, 4, 4]));
            for (var member = 0; member < 3; member++)
            {
                while (alone[member].Step < together[member].Step)
                {
                    executor.Run([alone[member]], family.Modes);
                }

                Assert.That(Difference(together[member].Latents, alone[member].Latents), Is.Not.NaN.And.LessThan(Rounding), $"member {member}");
            }
        }
        finally
        {
            Array.ForEach([.. together, .. alone], static edit => edit.Dispose());
        }
    }

    [Test]
    public void A_step_reads_the_layers_of_its_own_step_and_no_others()
    {
        using var edit = Edit(_first, family.Corner(_denoiser.TokenSide), 8);
        using var moved = Edit(_first, family.Corner(_denoiser.TokenSide), 8);
        var executor = new LatentStepExecutor(_denoiser);
        executor.Run([edit], family.Modes);
        executor.Run([moved], family.Modes);
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var right = Masked(edit, lane => edit.Reuse(lane));
        var wrong = Masked(edit, lane => new LaneReuse(edit.Masks, _first.Layers(0, lane)));
        executor.Run([edit], family.Modes);
        moved.Advance(right);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Difference(edit.Latents, moved.Latents), Is.Not.NaN.And.LessThan(Rounding));
            Assert.That(Difference(right, wrong), Is.GreaterThan(Rounding));
        }
    }

    [Test]
    public void An_edit_without_guidance_takes_the_prompts_branch_of_a_guided_recording()
    {
        using var alone = family.Record(_denoiser, family.Template(1) with { Branches = [family.Condition(1)] });
        var mask = family.Mask(_denoiser.TokenSide, 3, 0.3);
        using var edit = Edit(_first, mask, 8, guided: false);
        using var expected = Edit(alone, mask, 8, guided: false);
        Finish(edit, family.Modes);
        Finish(expected, family.Modes);
        Assert.That(Difference(edit.Latents, expected.Latents), Is.Not.NaN.And.LessThan(Rounding));
    }

    [Test]
    public void What_does_not_fit_the_recording_is_refused_with_every_fault()
    {
        using var alone = family.Record(_denoiser, family.Template(1) with { Branches = [family.Condition(1)] });
        var request = new LatentEditRequest
        {
            Mask = EditMask.Everything(new TokenGrid(3, 2, 8)),
            Branches = family.Guided(1),
            Noise = zeros(1, 2, 3, 4),
        };
        using var scheduler = family.Scheduler(steps: 7);
        Assert.That(
            () => new LatentEdit(alone, request, scheduler),
            Throws.ArgumentException.With.Message.Contains("3x2 tokens").And.Message.Contains("noise").And.Message.Contains("other steps").And.Message.Contains("2 branches"));
    }

    [Test]
    public void Recordings_and_edits_leave_no_tensor_behind()
    {
        var before = LiveTensors.Settled();
        using (var recording = family.Record(_denoiser, _first.Template, steps: 2))
        {
            using var edit = new LatentEdit(recording, RequestOf(family.Corner(_denoiser.TokenSide), _first.Template.Branches, _first.Template.Noise), family.Scheduler(steps: 2));
            Finish(edit, family.Modes);
        }

        Assert.That(LiveTensors.Count(), Is.EqualTo(before));
    }

    private Tensor Masked(LatentEdit edit, Func<int, LaneReuse> reuse) => _denoiser.Masked(
        new DenoiserBatch
        {
            Sample = edit.Input().expand(2, -1, -1, -1),
            Timesteps = [edit.Timestep, edit.Timestep],
            Conditions = edit.Request.Branches,
        },
        [reuse(0), reuse(1)],
        family.Recording,
        family.Modes);

    private LatentEdit[] Three() =>
    [
        Edit(_first, family.Mask(_denoiser.TokenSide, 1, 0.2), 5),
        Edit(_second, family.Corner(_denoiser.TokenSide), 6, guided: false),
        Edit(_second, family.Mask(_denoiser.TokenSide, 2, 0.6), 7),
    ];

    private LatentEdit Edit(LatentRecording recording, EditMask mask, long seed, bool guided = true, string? sampler = null, bool keeps = false) => new(
        recording,
        RequestOf(mask, guided ? family.Guided(seed) : [family.Condition(seed)], family.Noise(seed)) with { StepNoise = family.StepNoise(seed), KeepsToTemplate = keeps },
        family.Scheduler(sampler));

    private static LatentEditRequest RequestOf(EditMask mask, IReadOnlyList<DenoiserCondition> branches, Tensor noise) =>
        new() { Mask = mask, Branches = branches, Guidance = 3, Noise = noise };

    private void Finish(LatentEdit edit, ReuseModes? modes)
    {
        var executor = new LatentStepExecutor(_denoiser);
        while (!edit.IsFinished)
        {
            executor.Run([edit], modes);
        }
    }

    private static double Difference(Tensor got, Tensor want) => got.to(ScalarType.Float64).sub(want.to(ScalarType.Float64)).abs().max().ToDouble();

}
