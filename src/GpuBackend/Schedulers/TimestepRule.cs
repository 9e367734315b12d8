namespace SimServe.GpuBackend.Schedulers;

/// <summary>Chooses timesteps.</summary>
/// <param name="Spacing">How they are spread.</param>
/// <param name="Offset">Added to leading timesteps.</param>
/// <param name="TrainSteps">Training steps, T.</param>
internal sealed record TimestepRule(TimestepSpacing Spacing, int Offset, int TrainSteps)
{
    /// <summary>Falling timesteps; whole numbers except where linspace falls between.</summary>
    /// <param name="steps">How many, n.</param>
    /// <param name="aboveZero">
    /// Spreads n + 1 and leaves timestep 0 out, as the multistep solvers do; trailing timesteps never include it.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">There are not that many training steps.</exception>
    public double[] Descending(int steps, bool aboveZero)
    {
        var most = Spacing == TimestepSpacing.Leading && aboveZero ? TrainSteps - 1 : TrainSteps;
        if (steps > most)
        {
            throw new ArgumentOutOfRangeException(nameof(steps), steps, $"A run has at most {most} steps, as the model has {TrainSteps} training steps.");
        }

        var timesteps = Spacing == TimestepSpacing.Trailing ? Trailing(steps) : Ascending(aboveZero ? steps + 1 : steps);
        if (Spacing != TimestepSpacing.Trailing)
        {
            Array.Reverse(timesteps);
        }

        CheckRange(timesteps[0], steps);
        return timesteps[..steps];
    }

    private double[] Ascending(int count)
    {
        var timesteps = new double[count];
        var stride = Spacing == TimestepSpacing.Linspace ? (TrainSteps - 1) / Math.Max(count - 1.0, 1) : TrainSteps / count;
        for (var i = 0; i < count; i++)
        {
            timesteps[i] = (i * stride) + (Spacing == TimestepSpacing.Leading ? Offset : 0);
        }

        if (Spacing == TimestepSpacing.Linspace && count > 1)
        {
            // Rounding of the stride must not move the end.
            timesteps[^1] = TrainSteps - 1;
        }

        return timesteps;
    }

    // The reference counts down until it passes 0, which for some numbers of steps rounding delays by one step; there are n here.
    private double[] Trailing(int steps)
    {
        var timesteps = new double[steps];
        var stride = TrainSteps - (TrainSteps - ((double)TrainSteps / steps));
        for (var i = 0; i < steps; i++)
        {
            timesteps[i] = Math.Round(TrainSteps - (i * stride)) - 1;
        }

        return timesteps;
    }

    private void CheckRange(double largest, int steps)
    {
        if (largest > TrainSteps - 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(steps), steps, $"With steps_offset {Offset} the first timestep would be {largest}, but the last training step is {TrainSteps - 1}; ask for fewer steps.");
        }
    }
}
