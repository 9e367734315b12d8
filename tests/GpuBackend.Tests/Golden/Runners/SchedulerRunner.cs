using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Schedulers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Golden.Runners;

/// <summary>A whole sampling loop with recorded model outputs.</summary>
internal sealed class SchedulerRunner : IGoldenRunner
{
    public IReadOnlyCollection<string> Kinds => ["scheduler"];

    public void Run(GoldenRun run, GoldenChecks checks)
    {
        var file = run.Case.Model("scheduler").ConfigFile;
        using var scheduler = NoiseSchedulerFactory.Create(File.ReadAllText(file), file, eta: Number(run, "eta") ?? 0);
        scheduler.SetSteps(Steps(run));
        CheckSchedule(run, checks, scheduler);
        CheckTraining(run, checks, file);
        CheckLoop(run, checks, scheduler);
        var noised = scheduler.AddNoise(run.Input("clean"), run.Input("clean_noise"), Numbers(run.Input("noise_timesteps")));
        checks.Close("noised", noised, run.Output("noised"));
        if (run.Json.TryGetProperty("image_seq_len", out var tokens))
        {
            checks.Close("mu", tensor(scheduler.DynamicShift(tokens.GetInt32())!.Value), tensor(Number(run, "mu")!.Value), 1e-9, 0);
        }
    }

    private static SchedulerSteps Steps(GoldenRun run) => new(run.Json.GetProperty("num_inference_steps").GetInt32())
    {
        Sigmas = run.HasInput("sigmas") ? Numbers(run.Input("sigmas")) : null,
        Mu = Number(run, "mu"),
    };

    private static void CheckSchedule(GoldenRun run, GoldenChecks checks, INoiseScheduler scheduler)
    {
        var timesteps = run.Output("timesteps");
        checks.Same("integer timesteps", scheduler.IntegerTimesteps, timesteps.dtype == ScalarType.Int64);
        if (scheduler.IntegerTimesteps)
        {
            checks.Equal("timesteps", scheduler.Timesteps, Numbers(timesteps));
        }
        else
        {
            checks.Close("timesteps", Tensor(scheduler.Timesteps), timesteps);
        }

        checks.Same("has sigmas", scheduler.Sigmas.Count > 0, run.Outputs.Contains("sigmas"));
        if (scheduler.Sigmas.Count > 0)
        {
            checks.Close("sigmas", Tensor(scheduler.Sigmas), run.Output("sigmas"));
        }

        checks.Close("init_noise_sigma", tensor(scheduler.InitialNoiseScale), tensor(Number(run, "init_noise_sigma") ?? 1));
    }

    // The table's marks are tighter than the run's: float32 rounding and no more.
    private static void CheckTraining(GoldenRun run, GoldenChecks checks, string file)
    {
        if (run.Case.Io.Tensors.ContainsKey("alphas_cumprod"))
        {
            var schedule = TrainingSchedule.Read(ConfigFile.Open(file), finite: false);
            var bars = Enumerable.Range(0, schedule.Steps).Select(schedule.AlphaBar).ToArray();
            checks.Close("alphas_cumprod", Tensor(bars), run.Tensor("alphas_cumprod"), 1e-7, 1e-6);
        }
    }

    private static void CheckLoop(GoldenRun run, GoldenChecks checks, INoiseScheduler scheduler)
    {
        var (sample, outputs, expected) = (run.Input("sample"), run.Input("model_outputs"), run.Output("prev_samples"));
        var noise = run.HasInput("noise") ? run.Input("noise") : null;
        var inputs = run.Outputs.Contains("scaled_model_inputs") ? run.Output("scaled_model_inputs") : null;
        for (var step = 0; step < scheduler.Timesteps.Count; step++)
        {
            var input = scheduler.ScaleInput(sample, step);
            checks.Close($"model input {step}", input, inputs is null ? sample : inputs[step]);
            var now = step;
            sample = scheduler.Step(outputs[step], step, sample, noise is null ? null : () => noise[now]);
            checks.Close($"sample after step {step}", sample, expected[step]);
        }
    }

    private static Tensor Tensor(IReadOnlyList<double> numbers) => tensor(numbers.ToArray());

    private static double[] Numbers(Tensor values) => values.to(ScalarType.Float64).data<double>().ToArray();

    private static double? Number(GoldenRun run, string key) => run.Json.TryGetProperty(key, out var number) ? number.GetDouble() : null;
}
