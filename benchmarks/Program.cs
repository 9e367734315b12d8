using BenchmarkDotNet.Running;

// dotnet run -c Release --project benchmarks -- --filter '*EventCalendar*'
// The project asks for workstation, non-concurrent collection: server collection makes allocation counts jitter.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
