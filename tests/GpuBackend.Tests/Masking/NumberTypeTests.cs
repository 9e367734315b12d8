using SimServe.GpuBackend.Masking;
using SimServe.Policies;
using TorchSharp;

namespace SimServe.GpuBackend.Tests.Masking;

/// <summary>Masked edits in the types that GPUs compute in.</summary>
public sealed class NumberTypeTests
{
    // bfloat16 keeps 8 bits: a velocity of about 3 is rounded by up to 3/512 in its last layer alone, and what 5 blocks round before adds to it. Largest measured: 0.033,
    // and 0.0045 in float16, which keeps 3 bits more. The bounds are somewhat less than twice that, since another processor sums in another order.
    [TestCase(torch.ScalarType.BFloat16, 0.06)]
    [TestCase(torch.ScalarType.Float16, 0.008)]
    public void An_edit_is_close_to_that_in_float32(torch.ScalarType type, double bound)
    {
        using var model = new FluxModel(Small.Config with { Type = type }, Small.Model.Seed);
        using var recording = new TemplateRecorder(model).Record(Small.Harbour.Template, Small.Steps);
        using (Assert.EnterMultipleScope())
        {
            foreach (var mode in Enum.GetValues<BlockMode>())
            {
                var expected = Edit(Small.Model, Small.Harbour, mode);
                var latents = Edit(model, recording, mode);
                var rms = Math.Sqrt(latents.Zip(expected, static (a, b) => (a - b) * (double)(a - b)).Average());
                TestContext.Out.WriteLine($"{type} {mode}: largest {Small.LargestDifference(latents, expected):0.0000}, root mean square {rms:0.00000}");
                Assert.That(Small.LargestDifference(latents, expected), Is.GreaterThan(0).And.LessThan(bound), $"{mode}");
            }

            Assert.That(recording.Bytes, Is.EqualTo(model.Config.ToShape().TemplateCacheBytes(Small.Steps)).And.EqualTo(Small.Harbour.Bytes / 2));
        }
    }

    [Test]
    public void A_recording_of_another_type_is_refused()
    {
        using var model = new FluxModel(Small.Config with { Type = torch.ScalarType.BFloat16 }, Small.Model.Seed);
        Assert.That(() => Edit(model, Small.Harbour, BlockMode.Cached), Throws.ArgumentException);
    }

    [Test]
    public void A_type_that_models_do_not_compute_in_is_refused() => Assert.That(
        () => new FluxModel(Small.Config with { Type = torch.ScalarType.Int64 }, 1), Throws.ArgumentException.With.Message.Contains("Type is Int64"));

    private static float[] Edit(FluxModel model, TemplateRecording recording, BlockMode mode)
    {
        using var edit = new FluxEdit(model, recording, new Request
        {
            Id = default,
            ArrivesAt = default,
            Template = default,
            Mask = Small.RandomMask(3, 0.3),
            Steps = Small.Steps,
            Prompt = "a red boat",
            Seed = 99,
        });
        var executor = new StepExecutor(model);
        while (!edit.IsFinished)
        {
            using var rows = new DirectTemplateRows([edit]);
            executor.Run([edit], Small.All(mode), rows);
        }

        return edit.CopyLatents();
    }
}
