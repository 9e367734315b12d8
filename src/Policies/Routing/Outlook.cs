namespace SimServe.Policies.Routing;

// What of a worker's forecast says before when an arrival cannot be done, for every arrival: 64 bytes, so that those of a large fleet are read quickly. All times are ticks.
internal struct Outlook
{
    public long Version;
    public long ValidUntil;

    // When the batch would be empty had the arrival no work.
    public long Emptied;

    // When the batch starts that the arrival joins, and how long its steps take until somebody leaves.
    public long AsOf;
    public long StepTicks;

    // Steps in which the arrival would have company had it joined then, and how many of them pass until somebody leaves.
    public int StepsInCompany;
    public int StepsToLeave;

    public int Members;
    public int MaskedTokens;

    public int Kind;

    // Whether times are counted from the present, because nothing runs yet, or from the start of the run.
    public bool FromNow;

    // Whether the batch takes its steps already: the arrival joins at the next boundary.
    public bool UnderWay;

    // Steps under way that are begun.
    public readonly int StepsBegun(long now) => UnderWay ? (int)Math.Clamp((now - AsOf + StepTicks - 1) / StepTicks, 0, StepsToLeave) : 0;

    public readonly long JoinsAfter(int begun) => AsOf + (begun * StepTicks);

    // Until when the same steps are begun.
    public readonly long StaleAfter(int begun) => UnderWay && begun < StepsToLeave ? Math.Min(ValidUntil, JoinsAfter(begun)) : ValidUntil;

    // When an arrival may be done at the earliest, where a step takes so long with it until somebody leaves.
    public readonly long EarliestFinish(int steps, long alone, long now, long withArrival)
    {
        var (begun, counted) = (StepsBegun(now), FromNow ? now : 0);
        var (company, left) = (StepsToLeave - begun, steps - StepsInCompany + begun);
        var together = Math.Min(company, steps);
        var joined = Math.Max(now, counted + JoinsAfter(begun)) + (together * withArrival) + ((steps - together) * alone);
        return left < 0 ? joined : Math.Max(joined, counted + Emptied + (company * (withArrival - StepTicks)) + (left * alone));
    }
}
