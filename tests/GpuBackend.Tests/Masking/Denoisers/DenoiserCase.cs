using SimServe.GpuBackend.Masking.Denoisers;
using SimServe.GpuBackend.Schedulers;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Masking.Denoisers;

/// <summary>A tiny denoiser of seeded weights and a way to reuse its templates.</summary>
internal sealed record DenoiserCase
{
    private const string Betas = """ "num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "clip_sample": false, "skip_prk_steps": true""";

    public required string Name { get; init; }

    public required Func<IMaskedDenoiser> Open { get; init; }

    /// <summary>The condition that a prompt of this number stands for.</summary>
    public required Func<long, DenoiserCondition> Condition { get; init; }

    /// <summary>[1, C, h, w].</summary>
    public required long[] Latents { get; init; }

    public RecordingOptions Recording { get; init; } = new();

    public ReuseModes Modes { get; init; } = ReuseModes.Cached;

    public bool FlowMatching { get; init; }

    public override string ToString() => Name;

    public IEnumerable<string> Samplers => FlowMatching
        ? ["FlowMatchEulerDiscreteScheduler"]
        : ["DDIMScheduler", "PNDMScheduler", "EulerDiscreteScheduler", "EulerAncestralDiscreteScheduler", "DPMSolverMultistepScheduler", "UniPCMultistepScheduler"];

    public INoiseScheduler Scheduler(string? sampler = null, int steps = 4)
    {
        var keys = FlowMatching ? """ "num_train_timesteps": 1000, "shift": 3.0""" : Betas;
        var scheduler = NoiseSchedulerFactory.Create($$"""{ "_class_name": "{{sampler ?? Samplers.First()}}", {{keys}} }""", "scheduler_config.json");
        scheduler.SetSteps(new SchedulerSteps(steps));
        return scheduler;
    }

    public Tensor Noise(long seed) => randn(Latents, generator: new Generator((ulong)seed, CPU)).DetachFromDisposeScope();

    public Func<Tensor> StepNoise(long seed)
    {
        var generator = new Generator((ulong)seed + 77, CPU);
        return () => randn(Latents, generator: generator);
    }

    /// <summary>Two branches.</summary>
    public IReadOnlyList<DenoiserCondition> Guided(long prompt) => [Condition(0), Condition(prompt)];

    public LatentTemplate Template(long seed, bool painted = true) => new()
    {
        Image = painted ? Noise(1000 + seed) : null,
        Noise = Noise(seed),
        Branches = Guided(seed),
        Guidance = 3,
        StepNoise = StepNoise(seed),
    };

    public LatentRecording Record(IMaskedDenoiser denoiser, LatentTemplate template, string? sampler = null, RecordingOptions? options = null, int steps = 4)
    {
        using var scheduler = Scheduler(sampler, steps);
        return new LatentRecorder(denoiser, options ?? Recording).Record(template, scheduler);
    }

    public TokenGrid Grid(int side) => new((int)Latents[3] / side, (int)Latents[2] / side, 8 * side);

    public EditMask Mask(int side, long seed, double ratio)
    {
        var random = new RandomStream(seed, "mask");
        var grid = Grid(side);
        int[] tokens = [.. Enumerable.Range(0, grid.Count).Where(_ => random.NextDouble() < ratio)];
        return EditMask.FromTokens(grid, tokens.Length == 0 ? [1] : tokens);
    }

    /// <summary>A square in the upper left, whose surroundings are far away from the lower right.</summary>
    public EditMask Corner(int side)
    {
        var grid = Grid(side);
        return EditMask.FromTokens(grid, [0, 1, grid.Columns, grid.Columns + 1]);
    }
}
