namespace SimServe.GpuBackend.Schedulers;

/// <summary>The timesteps and noise levels of one run.</summary>
/// <param name="Timesteps">Falling, in training steps.</param>
/// <param name="Sigmas">One more than the timesteps, or none.</param>
internal sealed record SamplingPlan(double[] Timesteps, double[] Sigmas)
{
    // Reference timesteps are float32: the last digit may differ, while neighbours are at least a tenth apart.
    private const double SameTimestep = 1e-3;

    /// <summary>Whether the reference passes whole numbers to the model.</summary>
    public bool IntegerTimesteps { get; init; }

    /// <summary>Factor of the noise a run starts from.</summary>
    public double InitialNoiseScale { get; init; } = 1;

    /// <summary>Training steps that one step of DDIM or PNDM covers.</summary>
    public int Stride { get; init; }

    /// <summary>The step of a timestep; the second one where two steps share it, as in the reference.</summary>
    /// <exception cref="ArgumentException">No step has this timestep.</exception>
    public int IndexOf(double timestep)
    {
        var first = Array.FindIndex(Timesteps, known => Math.Abs(known - timestep) < SameTimestep);
        if (first < 0)
        {
            throw new ArgumentException(
                $"Timestep {timestep} is not a step of this run, whose {Timesteps.Length} timesteps go from {Timesteps[0]} to {Timesteps[^1]}.");
        }

        var second = first + 1;
        return second < Timesteps.Length && Math.Abs(Timesteps[second] - timestep) < SameTimestep ? second : first;
    }
}
