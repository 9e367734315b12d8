using System.Globalization;
using SimServe.Cli.Terminals;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Catalogue;
using Spectre.Console;

namespace SimServe.Cli.Planning;

/// <summary>The device catalogue, for people.</summary>
internal static class DeviceTable
{
    public static void Print(Terminal terminal)
    {
        terminal.Say("cpu: this machine's cores, measured by 'simserve validate'");
        terminal.Say("published devices, for 'simserve plan' (* assumed; prices are list prices per device and hour at their date):");
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var column in new[] { "device", "TFLOP/s", "memory", "link", "W load/idle", "on-demand", "reserved", "spot" })
        {
            table.AddColumn(new TableColumn(column) { NoWrap = true });
        }

        foreach (var device in DeviceCatalogue.All)
        {
            table.AddRow(Array.ConvertAll(
                [
                    device.Name,
                    Number(device.PeakFlopsPerSecond, 1e12, "0"),
                    $"{Number(device.MemoryBytes, 1e9, "0")} GB, {Number(device.MemoryBytesPerSecond, 1e12, "0.00")} TB/s",
                    $"{device.HostLink}, {Number(device.LinkBytesPerSecond, 1e9, "0")} GB/s",
                    $"{Number(device.LoadWatts, 1, "0")}/{Number(device.IdleWatts, 1, "0")}",
                    .. Enum.GetValues<Pricing>().Select(pricing => $"${Number(device.PriceOf(pricing).UsdPerHour, 1, "0.00")}"),
                ],
                Markup.Escape));
        }

        terminal.Output.Write(table);
        var rows = CheckedEfficiency.All(new CatalogueCosts(PublishedShapes.Of), PublishedShapes.All);
        PrintEfficiencies(terminal, rows);
        foreach (var device in rows.GroupBy(static row => row.Device))
        {
            Explain(terminal, device.Key, device);
        }
    }

    private static void PrintEfficiencies(Terminal terminal, IReadOnlyList<CheckedEfficiency> rows)
    {
        terminal.Say("how fast they are taken to be: published where a latency of the model on the device is cited, else carried over (analytic);");
        terminal.Say("checks are latencies that nothing is fitted to: below 0 % the model is faster than was measured");
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var column in EfficiencyTable.Columns)
        {
            table.AddColumn(new TableColumn(column));
        }

        foreach (var row in rows)
        {
            table.AddRow(Array.ConvertAll(EfficiencyTable.Cells(row, "\n"), Markup.Escape));
        }

        terminal.Output.Write(table);
    }

    private static void Explain(Terminal terminal, DeviceEntry device, IEnumerable<CheckedEfficiency> rows)
    {
        terminal.Say($"{device.Name}  {device.Title}");
        foreach (var row in rows)
        {
            if (row.Efficiency.Provenance.Kind == Provenance.Published)
            {
                terminal.Say($"      {row.Model}: {row.Efficiency.Provenance.Statement}");
            }

            foreach (var check in row.Checks)
            {
                terminal.Say(FormattableString.Invariant($"        check: {check.Published.Conditions} ({check.Published.Source}); predicted {check.PredictedSeconds:0.000} s, {check.Error:+0%;-0%;0%}"));
            }
        }

        if (device.Similar is { } similar)
        {
            terminal.Say($"      as on {similar.Name} where nothing of the kind is cited: {similar.Reason}");
        }

        terminal.Say($"      peak, memory: {device.PeakFlopsPerSecond.Source}; link: {device.LinkBytesPerSecond.Source}; idle power: {device.IdleWatts.Source}");
        foreach (var price in device.Prices)
        {
            terminal.Say(FormattableString.Invariant($"      {PricingNames.NameOf(price.Pricing)}: {price.UsdPerHour.Source}, {price.AsOf:yyyy-MM-dd}"));
        }
    }

    private static string Number(Sourced number, double unit, string format) =>
        (number.Value / unit).ToString(format, CultureInfo.InvariantCulture) + (number.IsAssumption ? "*" : "");
}
