using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Schedulers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Schedulers;

public sealed class NoiseSchedulerFactoryTests
{
    private const string File = "scheduler/scheduler_config.json";

    private static IEnumerable<string> ClassNames() => SamplingMethods.ClassNames;

    private static IEnumerable<string> ShortNames() => SamplerNames.All.Select(static sampler => sampler.Name);

    [TestCaseSource(nameof(ClassNames))]
    public void Every_class_has_a_short_name_and_is_made_from_its_own_configuration(string className)
    {
        using var scheduler = NoiseSchedulerFactory.Create($$"""{ "_class_name": "{{className}}", "skip_prk_steps": true }""", File);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(((NoiseScheduler)scheduler).Name, Is.EqualTo(className));
            Assert.That(SamplerNames.All.Select(static sampler => sampler.ClassName), Does.Contain(className));
        }
    }

    [TestCaseSource(nameof(ShortNames))]
    public void Every_short_name_makes_its_class_from_a_model_folder(string name)
    {
        var folder = name == "flow-euler" ? "FlowMatchEulerDiscreteScheduler" : "PNDMScheduler";
        using var scheduler = NoiseSchedulerFactory.Create($$"""{ "_class_name": "{{folder}}" }""", File, name);
        scheduler.SetSteps(new SchedulerSteps(4));
        Assert.That(((NoiseScheduler)scheduler).Name, Is.EqualTo(SamplerNames.All.Single(sampler => sampler.Name == name).ClassName));
    }

    [Test]
    public void Short_names_are_unique() => Assert.That(ShortNames(), Is.Unique);

    [Test]
    public void Another_class_keeps_the_training_noise_and_ignores_keys_it_does_not_know()
    {
        const string Keys = """ "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "timestep_spacing": "leading", "steps_offset": 1 """;
        using var switched = Started($$"""{ "_class_name": "PNDMScheduler", "skip_prk_steps": true, {{Keys}} }""", "EulerDiscreteScheduler");
        using var own = Started($$"""{ "_class_name": "EulerDiscreteScheduler", {{Keys}} }""", null);
        Assert.That(switched.Sigmas, Is.EqualTo(own.Sigmas));
    }

    [TestCase("dpmpp-2m", """{ "use_karras_sigmas": false }""")]
    [TestCase("dpmpp-2m-karras", """{ "use_karras_sigmas": true }""")]
    [TestCase("dpmpp-2m-sde-karras", """{ "use_karras_sigmas": true, "algorithm_type": "sde-dpmsolver++" }""")]
    public void A_short_name_sets_what_it_stands_for_whatever_the_folder_says(string name, string keys)
    {
        using var scope = NewDisposeScope();
        var folder = """{ "_class_name": "DPMSolverMultistepScheduler", "use_karras_sigmas": NOT, "solver_order": 3 }""";
        using var named = Started(folder.Replace("NOT", name == "dpmpp-2m" ? "true" : "false", StringComparison.Ordinal), name);
        using var spelled = Started(keys, "DPMSolverMultistepScheduler");
        var sample = ones([1, 4], dtype: ScalarType.Float64);
        var results = new[] { named, spelled }.Select(scheduler => scheduler.Step(sample, 0, sample, () => sample).sum().item<double>()).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(named.Sigmas, Is.EqualTo(spelled.Sigmas));
            Assert.That(results[0], Is.EqualTo(results[1]));
        }
    }

    [TestCase("""{ "_class_name": "PNDMScheduler" }""", 7.0)]
    [TestCase("""{ "_class_name": "DDIMScheduler", "clip_sample": true }""", 1.0)]
    public void Ddim_clips_under_its_short_name_only_where_the_folder_says_so(string folder, double expected)
    {
        using var scope = NewDisposeScope();
        var keys = folder.Replace(" }", """, "prediction_type": "sample", "set_alpha_to_one": true }""", StringComparison.Ordinal);
        using var scheduler = Started(keys, "ddim", steps: 1);
        var output = full([1, 2], 7.0, dtype: ScalarType.Float64);
        Assert.That(scheduler.Step(output, 0, output, null).mean().item<double>(), Is.EqualTo(expected).Within(1e-12));
    }

    [Test]
    public void Infinities_that_python_writes_are_read()
    {
        using var scheduler = Started("""{ "_class_name": "DPMSolverMultistepScheduler", "lambda_min_clipped": -Infinity, "note": "an \"Infinity\" is -Infinity" }""", null);
        Assert.That(scheduler.Timesteps, Has.Count.EqualTo(4));
    }

    [TestCase("PNDMScheduler", "skip_prk_steps", "false")]
    [TestCase("PNDMScheduler", "prediction_type", "\"sample\"")]
    [TestCase("DDIMScheduler", "prediction_type", "\"flow_prediction\"")]
    [TestCase("DDIMScheduler", "beta_schedule", "\"sigmoid\"")]
    [TestCase("DDIMScheduler", "beta_start", "1.5")]
    [TestCase("DDIMScheduler", "beta_end", "\"high\"")]
    [TestCase("DDIMScheduler", "num_train_timesteps", "1")]
    [TestCase("DDIMScheduler", "clip_sample", "\"yes\"")]
    [TestCase("DDIMScheduler", "clip_sample_range", "0")]
    [TestCase("DDIMScheduler", "trained_betas", "[0.1,0.2]")]
    [TestCase("DDIMScheduler", "timestep_spacing", "\"log\"")]
    [TestCase("EulerDiscreteScheduler", "use_exponential_sigmas", "true")]
    [TestCase("EulerDiscreteScheduler", "use_beta_sigmas", "true")]
    [TestCase("EulerDiscreteScheduler", "interpolation_type", "\"log_linear\"")]
    [TestCase("EulerDiscreteScheduler", "timestep_type", "\"continuous\"")]
    [TestCase("EulerDiscreteScheduler", "sigma_max", "80")]
    [TestCase("EulerDiscreteScheduler", "final_sigmas_type", "\"one\"")]
    [TestCase("EulerAncestralDiscreteScheduler", "prediction_type", "\"sample\"")]
    [TestCase("DPMSolverMultistepScheduler", "solver_order", "3")]
    [TestCase("DPMSolverMultistepScheduler", "algorithm_type", "\"dpmsolver\"")]
    [TestCase("DPMSolverMultistepScheduler", "solver_type", "\"heun\"")]
    [TestCase("DPMSolverMultistepScheduler", "use_lu_lambdas", "true")]
    [TestCase("DPMSolverMultistepScheduler", "use_flow_sigmas", "true")]
    [TestCase("DPMSolverMultistepScheduler", "lambda_min_clipped", "-5.1")]
    [TestCase("DPMSolverMultistepScheduler", "variance_type", "\"learned\"")]
    [TestCase("DPMSolverMultistepScheduler", "dynamic_thresholding_ratio", "1")]
    [TestCase("UniPCMultistepScheduler", "solver_type", "\"bh1\"")]
    [TestCase("UniPCMultistepScheduler", "predict_x0", "false")]
    [TestCase("UniPCMultistepScheduler", "disable_corrector", "[0]")]
    [TestCase("UniPCMultistepScheduler", "lower_order_final", "false")]
    [TestCase("FlowMatchEulerDiscreteScheduler", "use_karras_sigmas", "true")]
    [TestCase("FlowMatchEulerDiscreteScheduler", "invert_sigmas", "true")]
    [TestCase("FlowMatchEulerDiscreteScheduler", "stochastic_sampling", "true")]
    [TestCase("FlowMatchEulerDiscreteScheduler", "time_shift_type", "\"cubic\"")]
    [TestCase("FlowMatchEulerDiscreteScheduler", "shift", "0")]
    [TestCase("FlowMatchEulerDiscreteScheduler", "shift_terminal", "1")]
    [TestCase("FlowMatchEulerDiscreteScheduler", "max_image_seq_len", "256")]
    public void A_setting_that_cannot_be_followed_is_an_error_with_file_key_and_value(string className, string key, string value)
    {
        var json = $$"""{ "_class_name": "{{className}}", {{(key == "skip_prk_steps" ? string.Empty : "\"skip_prk_steps\": true, ")}}"{{key}}": {{value}} }""";
        Assert.That(
            () => NoiseSchedulerFactory.Create(json, File),
            Throws.InstanceOf<ModelFileException>()
                .With.Message.Contains(File).And.Message.Contains($"\"{key}\"").And.Message.Contains("must be").And.Message.Contains(value.Trim('"')).IgnoreCase);
    }

    [Test]
    public void Noise_cannot_be_predicted_where_no_signal_is_left() => Assert.That(
        static () => NoiseSchedulerFactory.Create("""{ "_class_name": "DDIMScheduler", "rescale_betas_zero_snr": true }""", File),
        Throws.InstanceOf<ModelFileException>().With.Message.Contains("v_prediction"));

    [Test]
    public void All_faults_are_in_one_message() => Assert.That(
        static () => NoiseSchedulerFactory.Create("""{ "_class_name": "DDIMScheduler", "beta_start": -1, "steps_offset": 0.5, "clip_sample": 3 }""", File),
        Throws.InstanceOf<ModelFileException>().With.Message.Contains("beta_start").And.Message.Contains("steps_offset").And.Message.Contains("clip_sample"));

    [TestCase("""{ "_class_name": "LCMScheduler" }""", "LCMScheduler")]
    [TestCase("""{ "beta_start": 0.1 }""", "_class_name")]
    public void An_unknown_class_is_an_error_that_lists_the_supported_ones(string json, string found) => Assert.That(
        () => NoiseSchedulerFactory.Create(json, File),
        Throws.InstanceOf<ModelFileException>().With.Message.Contains(File).And.Message.Contains(found).And.Message.Contains("UniPCMultistepScheduler"));

    [Test]
    public void The_noise_of_an_unknown_class_serves_a_known_one()
    {
        using var scheduler = NoiseSchedulerFactory.Create("""{ "_class_name": "LCMScheduler", "beta_schedule": "scaled_linear" }""", File, "euler");
        Assert.That(((NoiseScheduler)scheduler).Name, Is.EqualTo("EulerDiscreteScheduler"));
    }

    [Test]
    public void An_unknown_sampler_is_an_error_that_lists_the_known_ones() => Assert.That(
        static () => NoiseSchedulerFactory.Create("""{ "_class_name": "DDIMScheduler" }""", File, "heun"),
        Throws.ArgumentException.With.Message.Contains("'heun'").And.Message.Contains("dpmpp-2m-karras"));

    [TestCase("FlowMatchEulerDiscreteScheduler", "euler")]
    [TestCase("EulerDiscreteScheduler", "flow-euler")]
    public void Flow_matching_and_noise_schedules_do_not_mix(string folder, string sampler) => Assert.That(
        () => NoiseSchedulerFactory.Create($$"""{ "_class_name": "{{folder}}" }""", File, sampler),
        Throws.ArgumentException.With.Message.Contains(File).And.Message.Contains(folder));

    [TestCase("ddim", 1.5)]
    [TestCase("ddim", double.NaN)]
    [TestCase("euler", 0.5)]
    public void Eta_that_the_method_cannot_follow_is_refused(string sampler, double eta) => Assert.That(
        () => NoiseSchedulerFactory.Create("""{ "_class_name": "DDIMScheduler" }""", File, sampler, eta),
        Throws.InstanceOf<ArgumentException>().With.Message.Contains("Eta"));

    [TestCase("[]")]
    [TestCase("{ \"_class_name\": ")]
    public void A_file_that_is_no_json_object_is_refused(string json) => Assert.That(
        () => NoiseSchedulerFactory.Create(json, File), Throws.InstanceOf<ModelFileException>().With.Message.Contains(File));

    private static INoiseScheduler Started(string json, string? asClass, int steps = 4)
    {
        var scheduler = NoiseSchedulerFactory.Create(json, File, asClass);
        scheduler.SetSteps(new SchedulerSteps(steps));
        return scheduler;
    }
}
