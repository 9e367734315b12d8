using SimServe.Policies.Serving;

namespace SimServe.Simulator.Reports.Runs;

// What a worker without steps does, in charts and traces.
internal static class StallNames
{
    public static string Of(StallCause cause) => cause switch
    {
        StallCause.TemplateCache => "load template cache",
        StallCause.Adapters => "load adapters",
        StallCause.PrePost => "prepare or decode",
        _ => throw new ArgumentOutOfRangeException(nameof(cause), cause, "Unknown cause."),
    };
}
