using System.Globalization;
using SimServe.Cli.Terminals;
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
        foreach (var column in new[] { "device", "TFLOP/s", "memory", "link", "W load/idle", "on-demand", "reserved", "spot", "share of peak" })
        {
            table.AddColumn(new TableColumn(column) { NoWrap = true });
        }

        var costs = new CatalogueCosts(PublishedShapes.Of);
        foreach (var device in DeviceCatalogue.All)
        {
            var (share, provenance) = costs.Efficiency(device);
            table.AddRow(Array.ConvertAll(
                [
                    device.Name,
                    Number(device.PeakFlopsPerSecond, 1e12, "0"),
                    $"{Number(device.MemoryBytes, 1e9, "0")} GB, {Number(device.MemoryBytesPerSecond, 1e12, "0.00")} TB/s",
                    $"{device.HostLink}, {Number(device.LinkBytesPerSecond, 1e9, "0")} GB/s",
                    $"{Number(device.LoadWatts, 1, "0")}/{Number(device.IdleWatts, 1, "0")}",
                    .. Enum.GetValues<Pricing>().Select(pricing => $"${Number(device.PriceOf(pricing).UsdPerHour, 1, "0.00")}"),
                    FormattableString.Invariant($"{share:0.0%}, {provenance.Kind.ToString().ToLowerInvariant()}"),
                ],
                Markup.Escape));
        }

        terminal.Output.Write(table);
        foreach (var device in DeviceCatalogue.All)
        {
            Explain(terminal, device, costs);
        }
    }

    private static void Explain(Terminal terminal, DeviceEntry device, CatalogueCosts costs)
    {
        terminal.Say($"{device.Name}  {device.Title}; {costs.Efficiency(device).Provenance.Statement}");
        foreach (var check in device.Checks)
        {
            var predicted = costs.Predict(device, check);
            terminal.Say(FormattableString.Invariant($"      check: {check.Label} ({check.Source}); predicted {predicted:0.000} s, {(predicted / check.Seconds) - 1:+0%;-0%}"));
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
