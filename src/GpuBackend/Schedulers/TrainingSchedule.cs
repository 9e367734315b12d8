using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>The noise of each training step; shared by all requests of a model.</summary>
internal sealed class TrainingSchedule
{
    // The smallest positive half-precision number: keeps the first noise level finite where no signal is left.
    private const float LeastAlphaBar = 1f / (1 << 24);

    private readonly float[] _alphaBars;
    private readonly float[] _sigmas;
    private readonly float[] _logSigmas;

    private TrainingSchedule(float[] alphaBars)
    {
        _alphaBars = alphaBars;
        _sigmas = Array.ConvertAll(alphaBars, static bar => MathF.Sqrt((1 - bar) / bar));
        _logSigmas = Array.ConvertAll(_sigmas, MathF.Log);
    }

    /// <summary>Training steps, T.</summary>
    public int Steps => _alphaBars.Length;

    /// <summary>The noise level of the first training step.</summary>
    public double LeastSigma => _sigmas[0];

    /// <summary>The noise level of the last training step.</summary>
    public double LargestSigma => _sigmas[^1];

    /// <summary>Reads the schedule from a scheduler's configuration.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="finite">Keeps a trace of signal in the last training step, so that its noise level is finite.</param>
    public static TrainingSchedule Read(ConfigFile config, bool finite)
    {
        var betas = BetaSchedule.Read(config);
        var rescale = config.Flag("rescale_betas_zero_snr", false);
        var bars = BetaSchedule.AlphaBars(rescale ? BetaSchedule.WithZeroTerminalSnr(betas) : betas);
        if (rescale && finite)
        {
            bars[^1] = LeastAlphaBar;
        }

        return new TrainingSchedule(bars);
    }

    /// <summary>The share of signal variance left after a training step.</summary>
    public double AlphaBar(int timestep) => _alphaBars[timestep];

    /// <summary>The share of signal variance before a step's timestep.</summary>
    /// <param name="timestep">Negative after the last step.</param>
    /// <param name="final">The share after the last step.</param>
    public double AlphaBarBefore(int timestep, double final) => timestep >= 0 ? _alphaBars[timestep] : final;

    /// <summary>The training step of a timestep.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not a whole number inside the schedule.</exception>
    public int Index(double timestep) => timestep >= 0 && timestep < Steps && double.IsInteger(timestep)
        ? (int)timestep
        : throw new ArgumentOutOfRangeException(nameof(timestep), timestep, $"A training step is a whole number from 0 to {Steps - 1}.");

    /// <summary>The noise level, relative to the signal, at a timestep between training steps.</summary>
    public double SigmaAt(double timestep)
    {
        var below = Math.Clamp((int)timestep, 0, Steps - 1);
        var above = Math.Min(below + 1, Steps - 1);
        return _sigmas[below] + (((double)_sigmas[above] - _sigmas[below]) * (timestep - below));
    }

    /// <summary>The timestep of a noise level, interpolated over the logarithms of the levels.</summary>
    public double TimestepOf(double sigma)
    {
        var level = Math.Log(Math.Max(sigma, 1e-10));
        var low = Math.Clamp(Array.FindLastIndex(_logSigmas, known => level >= known), 0, Steps - 2);
        var share = (_logSigmas[low] - level) / ((double)_logSigmas[low] - _logSigmas[low + 1]);
        return low + Math.Clamp(share, 0, 1);
    }
}
