using System.Text.Json;
using System.Text.Json.Nodes;
using SimServe.GpuBackend.Schedulers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Schedulers;

/// <summary>A configuration under test, with a model that knows the clean sample.</summary>
internal sealed record SchedulerCase(string Name, string ClassName, string Keys, bool AddsNoise = false, double Eta = 0)
{
    private const string StableDiffusion =
        """{ "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "num_train_timesteps": 1000, "steps_offset": 1 }""";

    /// <summary>Every method with settings under which it ends at the clean sample.</summary>
    public static IReadOnlyList<SchedulerCase> All { get; } =
    [
        new("ddim", "DDIMScheduler", """{ "clip_sample": false }"""),
        new("ddim v", "DDIMScheduler", """{ "clip_sample": false, "prediction_type": "v_prediction", "timestep_spacing": "trailing", "rescale_betas_zero_snr": true }"""),
        new("ddim sample", "DDIMScheduler", """{ "clip_sample": false, "prediction_type": "sample" }"""),
        new("ddim eta", "DDIMScheduler", """{ "clip_sample": false }""", AddsNoise: true, Eta: 1),
        new("pndm", "PNDMScheduler", """{ "skip_prk_steps": true, "set_alpha_to_one": true }"""),
        new("pndm v", "PNDMScheduler", """{ "skip_prk_steps": true, "set_alpha_to_one": true, "prediction_type": "v_prediction" }"""),
        new("euler", "EulerDiscreteScheduler", """{ "timestep_spacing": "leading" }"""),
        new("euler karras v", "EulerDiscreteScheduler", """{ "use_karras_sigmas": true, "prediction_type": "v_prediction" }"""),
        new("euler sample", "EulerDiscreteScheduler", """{ "timestep_spacing": "trailing", "prediction_type": "sample" }"""),
        new("euler zero snr", "EulerDiscreteScheduler", """{ "timestep_spacing": "trailing", "prediction_type": "v_prediction", "rescale_betas_zero_snr": true }"""),
        new("euler ancestral", "EulerAncestralDiscreteScheduler", "{}", AddsNoise: true),
        new("euler ancestral v", "EulerAncestralDiscreteScheduler", """{ "prediction_type": "v_prediction" }""", AddsNoise: true),
        new("dpmpp", "DPMSolverMultistepScheduler", "{}"),
        new("dpmpp first order", "DPMSolverMultistepScheduler", """{ "solver_order": 1, "timestep_spacing": "leading" }"""),
        new("dpmpp karras v", "DPMSolverMultistepScheduler", """{ "use_karras_sigmas": true, "prediction_type": "v_prediction" }"""),
        new("dpmpp sample", "DPMSolverMultistepScheduler", """{ "prediction_type": "sample", "euler_at_final": true }"""),
        new("dpmpp sde", "DPMSolverMultistepScheduler", """{ "algorithm_type": "sde-dpmsolver++" }""", AddsNoise: true),
        new("dpmpp squared cosine", "DPMSolverMultistepScheduler", """{ "beta_schedule": "squaredcos_cap_v2" }"""),
        new("unipc", "UniPCMultistepScheduler", "{}"),
        new("unipc karras v", "UniPCMultistepScheduler", """{ "use_karras_sigmas": true, "prediction_type": "v_prediction" }"""),
        new("unipc first order", "UniPCMultistepScheduler", """{ "solver_order": 1, "timestep_spacing": "trailing" }"""),
        new("flow", "FlowMatchEulerDiscreteScheduler", """{ "shift": 3.0 }"""),
        new("flow terminal", "FlowMatchEulerDiscreteScheduler", """{ "shift_terminal": 0.02 }"""),
    ];

    /// <summary>Whether a perfect model leads to the clean sample: PNDM with velocities mixes those of several noise levels.</summary>
    public bool IsExact => ClassName != "PNDMScheduler" || Prediction == "epsilon";

    public bool IsFlow => ClassName.StartsWith("Flow", StringComparison.Ordinal);

    public string Prediction => JsonNode.Parse(Keys)!["prediction_type"]?.GetValue<string>() ?? "epsilon";

    public string Json()
    {
        var keys = JsonNode.Parse(StableDiffusion)!.AsObject();
        keys["_class_name"] = ClassName;
        foreach (var (key, value) in JsonNode.Parse(Keys)!.AsObject())
        {
            keys[key] = value?.DeepClone();
        }

        return keys.ToJsonString();
    }

    public Func<INoiseScheduler> Prepare() => NoiseSchedulerFactory.Prepare(JsonSerializer.Deserialize<JsonElement>(Json()), "test.json", eta: Eta);

    public INoiseScheduler Create(int steps)
    {
        var scheduler = Prepare()();
        scheduler.SetSteps(new SchedulerSteps(steps));
        return scheduler;
    }

    /// <summary>What a model that knows the clean sample says.</summary>
    public Tensor Perfect(INoiseScheduler scheduler, int step, Tensor sample, Tensor clean)
    {
        var mix = Mix(scheduler, step);
        var noise = (sample - (mix.Signal * clean)) / mix.Noise;
        var size = Math.Sqrt((mix.Signal * mix.Signal) + (mix.Noise * mix.Noise));
        return (IsFlow, Prediction) switch
        {
            (true, _) => noise - clean,
            (_, "epsilon") => noise,
            (_, "sample") => clean.clone(),
            _ => (mix.Signal / size * noise) - (mix.Noise / size * clean),
        };
    }

    /// <summary>The shares of clean sample and noise before a step, as the scheduler's own noising shows them.</summary>
    public static (double Signal, double Noise) Mix(INoiseScheduler scheduler, int step)
    {
        var (one, zero) = (ones([1, 1], dtype: ScalarType.Float64), zeros([1, 1], dtype: ScalarType.Float64));
        return (scheduler.AddNoise(one, zero, step).item<double>(), scheduler.AddNoise(zero, one, step).item<double>());
    }

    public override string ToString() => Name;
}
