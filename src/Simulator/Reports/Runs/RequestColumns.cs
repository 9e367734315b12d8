using static SimServe.Simulator.Reports.Runs.ParquetColumns;

namespace SimServe.Simulator.Reports.Runs;

// The columns of RequestRow, which reads them back by name.
internal static class RequestColumns
{
    public static IParquetColumn<RequestRow>[] Create() =>
    [
        Text<RequestRow>(nameof(RequestRow.Run), static row => row.Run),
        Of<RequestRow, int>(nameof(RequestRow.Request), static row => row.Request),
        Optional<RequestRow, int>(nameof(RequestRow.Worker), static row => row.Worker),
        Of<RequestRow, int>(nameof(RequestRow.Template), static row => row.Template),
        Of<RequestRow, int>(nameof(RequestRow.Tenant), static row => row.Tenant),
        Text<RequestRow>(nameof(RequestRow.Class), static row => row.Class),
        Of<RequestRow, int>(nameof(RequestRow.Width), static row => row.Width),
        Of<RequestRow, int>(nameof(RequestRow.Height), static row => row.Height),
        Of<RequestRow, double>(nameof(RequestRow.MaskRatio), static row => row.MaskRatio),
        Of<RequestRow, int>(nameof(RequestRow.Steps), static row => row.Steps),
        Of<RequestRow, int>(nameof(RequestRow.ControlNets), static row => row.ControlNets),
        Of<RequestRow, int>(nameof(RequestRow.Loras), static row => row.Loras),
        Of<RequestRow, double>(nameof(RequestRow.ArrivedSeconds), static row => row.ArrivedSeconds),
        Optional<RequestRow, double>(nameof(RequestRow.RoutedSeconds), static row => row.RoutedSeconds),
        Optional<RequestRow, double>(nameof(RequestRow.ReadySeconds), static row => row.ReadySeconds),
        Optional<RequestRow, double>(nameof(RequestRow.JoinedSeconds), static row => row.JoinedSeconds),
        Optional<RequestRow, double>(nameof(RequestRow.StartedSeconds), static row => row.StartedSeconds),
        Optional<RequestRow, double>(nameof(RequestRow.DenoisedSeconds), static row => row.DenoisedSeconds),
        Of<RequestRow, double>(nameof(RequestRow.FinishedSeconds), static row => row.FinishedSeconds),
        Of<RequestRow, double>(nameof(RequestRow.CacheWaitSeconds), static row => row.CacheWaitSeconds),
        Of<RequestRow, double>(nameof(RequestRow.AdapterWaitSeconds), static row => row.AdapterWaitSeconds),
        Of<RequestRow, double>(nameof(RequestRow.PrePostWaitSeconds), static row => row.PrePostWaitSeconds),
        Of<RequestRow, int>(nameof(RequestRow.Interruptions), static row => row.Interruptions),
        Of<RequestRow, double>(nameof(RequestRow.DeviceSeconds), static row => row.DeviceSeconds),
        Of<RequestRow, int>(nameof(RequestRow.Attempts), static row => row.Attempts),
        Of<RequestRow, int>(nameof(RequestRow.LostSteps), static row => row.LostSteps),
        Of<RequestRow, int>(nameof(RequestRow.SkippedSteps), static row => row.SkippedSteps),
        Text<RequestRow>(nameof(RequestRow.Outcome), static row => row.Outcome),
        Text<RequestRow>(nameof(RequestRow.Failure), static row => row.Failure),
    ];
}
