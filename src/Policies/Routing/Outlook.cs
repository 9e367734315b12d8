namespace SimServe.Policies.Routing;

// What of a worker's forecast says before when an arrival cannot be done, for every arrival: 64 bytes, so that those of a large fleet are read quickly one
// after the other. All times are ticks.
internal struct Outlook
{
    // A number of steps that comes out just above a whole number must not count as the next one.
    private const float Rounding = 1e-3f;

    public long Version;
    public long ValidUntil;

    // When the batch would be empty had the arrival no work: counted from the present where nobody is in it yet, else from the start of the run.
    public long Emptied;

    // Since when the batch takes its steps, and how long one takes.
    public long AsOf;
    public long StepTicks;
    public float StepsPerTick;

    // Steps in which the arrival would have company if it joined at once, and how many of them pass until somebody leaves.
    public int StepsInCompany;
    public int StepsToLeave;

    // The batch that takes the steps under way; nobody where nothing runs.
    public int Members;
    public int MaskedTokens;

    public int Kind;

    // A step with the arrival is no shorter than one without it, nor than one in which it is alone. Of the steps under way only those that are over count.
    public readonly long EarliestFinish(int steps, long alone, long now)
    {
        var passed = Math.Min(StepsToLeave, unchecked((int)((now - AsOf) * StepsPerTick)));
        return WithoutDelay(steps, alone, now, passed);
    }

    // The same, closer and dearer: the arrival joins at the next boundary, and a step takes so long with it until somebody leaves.
    public readonly long EarliestFinishTogether(int steps, long alone, long now, long withArrival)
    {
        var begun = ((now - AsOf) * StepsPerTick) - Rounding;
        var passed = Math.Min(StepsToLeave, Math.Max(0, unchecked((int)MathF.Ceiling(begun))));
        var delay = steps >= StepsInCompany - passed ? (StepsToLeave - passed) * (withArrival - StepTicks) : 0;
        return WithoutDelay(steps, alone, now, passed) + delay;
    }

    private readonly long WithoutDelay(int steps, long alone, long now, int passed)
    {
        var rest = steps - StepsInCompany + passed;
        return rest >= 0 ? (Members == 0 ? now : 0) + Emptied + (rest * alone) : now + (steps * alone);
    }
}
